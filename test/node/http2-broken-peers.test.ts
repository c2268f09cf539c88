import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NetworkError, type NetworkErrorCode } from '../../src/error.ts';
import { GIVEN_UP, RecordingSink, readAll, UploadSource, until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import {
  data,
  END_STREAM,
  FRAME,
  frame,
  goaway,
  reset,
  startRawHttp2Server,
  statusOk,
} from '../support/raw-h2-server.ts';
import { roundTrips } from '../support/round-trips.ts';
import { sendOver } from '../support/wire.ts';

/** Type and flags. */
type Frame = readonly [type: number, flags: number];

const endsStream = ([type, flags]: Frame): boolean => type <= FRAME.headers && (flags & END_STREAM) !== 0;

/** Of unknown length: only its end tells that it is complete. */
const halfAnUpload = (): UploadSource =>
  new UploadSource(async function* () {
    yield new Uint8Array(10);
    await new Promise(() => {});
  });

/** What a client hears of a peer that answers like this. */
async function outcome(answer: (socket: Socket, streamId: number) => void): Promise<(string | number)[]> {
  const server = await startRawHttp2Server(answer);
  const transport = new SocketTransport();
  const sink = new RecordingSink();
  try {
    const { response } = sendOver(transport, { url: server.origin, options: { http2Direct: true } });
    (await response).body.start(sink);
    await sink.over;
    return [sink.text, sink.ends, ...sink.failures.map(({ code }) => code)];
  } catch (error) {
    return [(error as { code: NetworkErrorCode }).code];
  } finally {
    await transport.close();
    await server.close();
  }
}

test.each<[string, number, NetworkErrorCode]>([
  ['NO_ERROR', 0, 'remote-host-closed'],
  ['PROTOCOL_ERROR', 1, 'protocol-failure'],
  ['INTERNAL_ERROR', 2, 'internal-server'],
  ['CANCEL', 8, 'remote-host-closed'],
  ['ENHANCE_YOUR_CALM', 11, 'unknown-server'],
])('a body that ends in %s is not complete', async (_name, code, expected) => {
  const heard = await outcome((socket, id) => {
    socket.write(Buffer.concat([statusOk(id), data(id, 'part')]));
    void roundTrips().then(() => socket.write(reset(id, code)));
  });
  expect(heard).toEqual(['part', 0, expected]);
});

test('a body whose connection ends is not complete', async () => {
  const heard = await outcome((socket, id) => {
    socket.write(Buffer.concat([statusOk(id), data(id, 'part')]));
    void roundTrips().then(() => socket.end());
  });
  expect(heard).toEqual(['part', 0, 'remote-host-closed']);
});

// Node 20 sees these errors, tells nobody, and does not read on.
const tells = Number(process.versions.node.split('.')[0]) >= 22;

test.skipIf(!tells).each<[string, (id: number) => Uint8Array]>([
  ['no HTTP/2 at all', () => Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')],
  ['data without a head', (id) => data(id, 'body')],
  ['a head that cannot be decoded', (id) => frame(FRAME.headers, id, Uint8Array.of(0xff, 0xff, 0xff), 4)],
  ['a frame longer than agreed', (id) => frame(FRAME.data, id, new Uint8Array(20_000))],
])('%s is refused', async (_name, bytes) => {
  expect(await outcome((socket, id) => socket.write(bytes(id)))).toEqual(['protocol-failure']);
});

test('a field name in upper case is refused (RFC 9113 §8.2.1)', async () => {
  // HPACK: a literal that is not indexed, its name and its value.
  const field = Buffer.from('\0\x03X-A\x01b', 'latin1');
  const head = Buffer.concat([Uint8Array.of(0x88), field]);
  const heard = await outcome((socket, id) => socket.write(frame(FRAME.headers, id, head, 5)));
  expect(heard).toEqual(['protocol-failure']);
});

test('a head without a status is refused', async () => {
  const heard = await outcome((socket, id) => {
    socket.write(frame(FRAME.headers, id, Uint8Array.of(0x84), 5));
  });
  expect(heard).toEqual(['protocol-failure']);
});

test('a status that is none is refused', async () => {
  // HPACK: a literal that is not indexed, the name is `:status` of the static table.
  const head = Buffer.from('\x08\x03099', 'latin1');
  expect(await outcome((socket, id) => socket.write(frame(FRAME.headers, id, head, 5)))).toEqual([
    'protocol-failure',
  ]);
});

test.each([
  [20, ['hello', 1]],
  [21, ['protocol-failure']],
])('of %i informational responses comes %j', async (count, expected) => {
  const earlyHints = Buffer.from('\x08\x03103', 'latin1');
  const heard = await outcome((socket, id) => {
    for (let i = 0; i < count; i++) socket.write(frame(FRAME.headers, id, earlyHints, 4));
    socket.write(Buffer.concat([statusOk(id), data(id, 'hello', 'end')]));
  });
  expect(heard).toEqual(expected);
});

test('a request that the peer has not looked at when it goes away in anger is sent again', async () => {
  let requests = 0;
  const server = await startRawHttp2Server((socket, id) => {
    if (++requests === 1) socket.write(goaway(0, 2));
    else socket.write(Buffer.concat([statusOk(id), data(id, 'hello', 'end')]));
  });
  const transport = new SocketTransport();
  const request = { url: server.origin, method: 'POST', options: { http2Direct: true } };
  expect((await readAll(await sendOver(transport, request).response)).text).toBe('hello');
  expect(requests).toBe(2);
  await transport.close();
  await server.close();
});

test('what is left of an upload after its response is reset', async () => {
  const frames: Frame[] = [];
  const server = await startRawHttp2Server(
    (socket, id) => socket.write(Buffer.concat([statusOk(id), data(id, 'enough', 'end')])),
    (type, flags) => frames.push([type, flags]),
  );
  const transport = new SocketTransport();
  const options = { http2Direct: true };
  const sent = sendOver(transport, { url: server.origin, method: 'POST', body: halfAnUpload(), options });
  expect((await readAll(await sent.response)).text).toBe('enough');
  await until(() => frames.some(([type]) => type === FRAME.resetStream));
  expect(frames.some(endsStream)).toBe(false);
  await transport.close();
  await server.close();
});

test('an upload that is given up is reset, and never looks complete to the peer', async () => {
  const frames: Frame[] = [];
  const server = await startRawHttp2Server(
    () => {},
    (type, flags) => frames.push([type, flags]),
  );
  const transport = new SocketTransport();
  const options = { http2Direct: true };
  const sent = sendOver(transport, { url: server.origin, method: 'POST', body: halfAnUpload(), options });
  await until(() => frames.some(([type]) => type === FRAME.data));
  sent.exchange.cancel(GIVEN_UP);
  await expect(sent.response).rejects.toBe(GIVEN_UP);
  await until(() => frames.some(([type]) => type === FRAME.resetStream));
  expect(frames.some(endsStream)).toBe(false);
  await transport.close();
  await server.close();
});

test('a connection on which a request timed out is not used for the next one', async () => {
  let requests = 0;
  const server = await startRawHttp2Server((socket, id) => {
    if (++requests > 1) socket.write(Buffer.concat([statusOk(id), data(id, 'hello', 'end')]));
    else socket.write(data(id, 'an error of the connection'));
  });
  const transport = new SocketTransport();
  const request = { url: server.origin, options: { http2Direct: true } };
  const stuck = sendOver(transport, request);
  await until(() => requests === 1);
  const timeout = new NetworkError('timeout', 'no byte has moved');
  stuck.exchange.cancel(timeout);
  if (!tells) await expect(stuck.response).rejects.toBe(timeout);
  expect((await readAll(await sendOver(transport, request).response)).text).toBe('hello');
  await transport.close();
  await server.close();
});

describe('what a peer announces and nobody has asked for', () => {
  const authority = new CertificateAuthority();
  const origin = Buffer.from('\0\x12https://other.test', 'latin1');
  const alternative = Buffer.from('\0\x12https://other.testh3=":443"', 'latin1');

  async function announced(frameOf: () => Uint8Array, count: number): Promise<string> {
    const server = await startRawHttp2Server(
      (socket, id) => {
        socket.write(Buffer.concat(Array.from({ length: count }, frameOf)));
        socket.write(Buffer.concat([statusOk(id), data(id, 'hello', 'end')]));
      },
      () => {},
      { identity: authority.issue() },
    );
    const transport = new SocketTransport();
    try {
      const options = { tls: { ca: authority.certificate } };
      return (await readAll(await sendOver(transport, { url: server.origin, options }).response)).text;
    } catch (error) {
      const { code, message } = error as NetworkError;
      return `${code} ${message.includes('were announced')}`;
    } finally {
      await transport.close();
      await server.close();
    }
  }

  test.each<[string, () => Uint8Array]>([
    ['origins', () => frame(12, 0, origin)],
    ['frames of ORIGIN without one', () => frame(12, 0, new Uint8Array(0))],
    ['alternative services', () => frame(10, 0, alternative)],
  ])('is let by, up to a thousand %s', async (_name, frameOf) => {
    expect(await announced(frameOf, 1000)).toBe('hello');
    expect(await announced(frameOf, 1001)).toBe('protocol-failure true');
  });
});
