import { describe, expect, test } from 'vitest';
import { failureOf, GIVEN_UP, RecordingSink, readAll } from '../suites/transport/harness.ts';
import { againstRaw, OK } from '../support/raw-against.ts';
import { roundTrips } from '../support/round-trips.ts';
import { getOver, sendOver } from '../support/wire.ts';

describe('what arrives before the body is started', () => {
  test('is still there later, whatever else was read in the meantime', () =>
    againstRaw(
      (socket, head) => {
        const text = head.split(' ')[1]!.repeat(100);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
      },
      async (server, transport) => {
        const held = await sendOver(transport, { url: `${server.origin}/held` }).response;
        for (let i = 0; i < 5; i++) await getOver(transport, `${server.origin}/other${i}`);
        expect((await readAll(held)).text).toBe('/held'.repeat(100));
        // The connection was free as soon as everything had arrived.
        expect(server.connections).toBe(1);
      },
    ));

  test('is copied, and what arrives later is lent', () => {
    let writeRest = () => {};
    return againstRaw(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab');
        writeRest = () => socket.write('cd');
      },
      async (server, transport) => {
        const lent: boolean[] = [];
        const { body } = await sendOver(transport, { url: server.origin }).response;
        await new Promise<void>((resolve, reject) => {
          body.start({ data: (_chunk, isLent) => lent.push(isLent), end: () => resolve(), fail: reject });
          writeRest();
        });
        expect(lent).toEqual([false, true]);
      },
    );
  });

  test('stays readable when the connection is lost then; after that comes the failure', () =>
    againstRaw(
      (socket) => {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
      },
      async (server, transport) => {
        const { body } = await sendOver(transport, { url: server.origin }).response;
        await roundTrips();
        const sink = new RecordingSink();
        body.start(sink);
        expect([sink.text, sink.ends, sink.failures.map(({ code }) => code)]).toEqual([
          'half',
          0,
          ['remote-host-closed'],
        ]);
        expect(sink.failures[0]!.url).toBe(`${server.origin}/`);
      },
    ));

  test('keeps its order when the reader stops in between', () =>
    againstRaw(
      (socket) => {
        socket.write(
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n',
        );
      },
      async (server, transport) => {
        const { body } = await sendOver(transport, { url: server.origin }).response;
        await roundTrips();
        const heard: string[] = [];
        body.start({
          data: (chunk) => {
            heard.push(String.fromCharCode(...chunk));
            body.pause();
          },
          end: () => heard.push('end'),
          fail: (error) => heard.push(error.code),
        });
        expect(heard).toEqual(['a']);
        body.resume();
        expect(heard).toEqual(['a', 'b']);
        body.resume();
        // There is nothing left to be held back.
        expect(heard).toEqual(['a', 'b', 'c', 'end']);
      },
    ));
});

describe('a sink', () => {
  test('that stops and goes on in every one of very many chunks gets them all', () =>
    againstRaw(
      (socket) => {
        const chunks = '1\r\na\r\n'.repeat(10_000);
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
      },
      async (server, transport) => {
        const { body } = await sendOver(transport, { url: server.origin }).response;
        await roundTrips();
        let heard = 0;
        await new Promise<void>((resolve, reject) => {
          const data = (): void => {
            heard++;
            body.pause();
            body.resume();
          };
          body.start({ data, end: () => resolve(), fail: reject });
        });
        expect(heard).toBe(10_000);
      },
    ));

  test.each(['in a read', 'of what was held'])('that cancels hears nothing more %s', (when) => {
    let writeChunks = () => {};
    return againstRaw(
      (socket) => {
        writeChunks = () => socket.write('1\r\na\r\n1\r\nb\r\n1\r\nc\r\n');
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        if (when === 'of what was held') writeChunks();
      },
      async (server, transport) => {
        const { body } = await sendOver(transport, { url: server.origin }).response;
        if (when === 'of what was held') await roundTrips();
        let heard = '';
        body.start({
          data: (chunk) => {
            heard += String.fromCharCode(...chunk);
            body.cancel(GIVEN_UP);
          },
          end: () => expect.fail('it ended'),
          fail: () => expect.fail('it failed'),
        });
        if (when === 'in a read') writeChunks();
        await roundTrips();
        expect(heard).toBe('a');
      },
    );
  });
});

test('a reader that stops at the last byte does not stop the connection', () =>
  againstRaw(
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha');
      void roundTrips().then(() => socket.write('lf'));
    },
    async (server, transport) => {
      const { body } = await sendOver(transport, { url: server.origin }).response;
      await new Promise<void>((resolve, reject) => {
        body.start({ data: () => body.pause(), end: () => resolve(), fail: reject });
        body.resume();
      });
      expect((await getOver(transport, server.origin)).text).toBe('half');
      expect(server.connections).toBe(1);
    },
  ));

describe('a response that is refused', () => {
  test('says why, for which URL, and its connection is not used again', () =>
    againstRaw(
      (socket, head) => {
        if (head.includes('/bad')) socket.write('HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n');
        else socket.write(OK);
      },
      async (server, transport) => {
        await getOver(transport, server.origin);
        const error = await failureOf(sendOver(transport, { url: `${server.origin}/bad` }));
        expect([error.code, error.url]).toEqual(['protocol-failure', `${server.origin}/bad`]);
        await getOver(transport, server.origin);
        expect(server.connections).toBe(2);
      },
    ));

  test('may have its limits set', () =>
    againstRaw(
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100)}\r\nContent-Length: 0\r\n\r\n`);
      },
      async (server, transport) => {
        expect((await failureOf(sendOver(transport, { url: server.origin }))).code).toBe('protocol-failure');
      },
      { responseLimits: { fieldSize: 50 } },
    ));
});
