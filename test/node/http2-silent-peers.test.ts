import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NetworkError } from '../../src/error.ts';
import { GIVEN_UP, type RecordingSink, readAll, textBody, until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup } from '../support/listening.ts';
import {
  data,
  FRAME,
  frame,
  type RawHttp2Server,
  startRawHttp2Server,
  statusOk,
} from '../support/raw-h2-server.ts';
import { roundTrips } from '../support/round-trips.ts';
import { type SentOver, sendOver } from '../support/wire.ts';

const cleanup = new Cleanup();

type Handler = (socket: Socket, streamId: number, connection: number) => void;

const answer: Handler = (socket, id) => {
  socket.write(Buffer.concat([statusOk(id), data(id, 'hello', 'end')]));
};

/** A server whose first connection does what the test says, and a transport whose time is the test's. */
class Bench {
  readonly clock = new FakeClock();
  readonly transport = new SocketTransport({ clock: this.clock });
  readonly server: RawHttp2Server;
  readonly frames: number[];

  private constructor(server: RawHttp2Server, frames: number[]) {
    this.server = server;
    this.frames = frames;
  }

  /** @param isMute whether the first connection leaves PINGs unanswered; the others answer all */
  static async start(first: Handler, isMute = true): Promise<Bench> {
    const frames: number[] = [];
    const server = await startRawHttp2Server(
      (socket, id, connection) => (connection === 0 ? first : answer)(socket, id, connection),
      (type, flags) => {
        if (type !== FRAME.ping || (flags & 1) === 0) frames.push(type);
      },
      { isMute: (connection) => isMute && connection === 0 },
    );
    const bench = new Bench(server, frames);
    cleanup.add(async () => {
      await bench.transport.close();
      await server.close();
    });
    return bench;
  }

  send(init: Parameters<typeof sendOver>[1] = {}): SentOver {
    return sendOver(this.transport, { url: this.server.origin, options: { http2Direct: true }, ...init });
  }

  async get(): Promise<RecordingSink> {
    return readAll(await this.send().response);
  }

  count(type: number): number {
    return this.frames.filter((seen) => seen === type).length;
  }

  /** Lets the peer hear of what is sent, and then time go by. */
  async pass(milliseconds: number): Promise<void> {
    await roundTrips();
    this.clock.advance(milliseconds);
    await roundTrips();
  }
}

const silence: Handler = () => {};

describe('a connection that went silent', () => {
  test('is asked when a request is given up, and the next one goes elsewhere', async () => {
    const bench = await Bench.start(silence);
    const first = bench.send();
    await until(() => bench.count(FRAME.headers) === 1);
    first.exchange.cancel(GIVEN_UP);
    await until(() => bench.count(FRAME.ping) === 1);
    const second = bench.send();
    await bench.pass(1000);
    expect((await readAll(await second.response)).text).toBe('hello');
    expect(bench.server.connections).toBe(2);
    await until(() => bench.server.open === 1);
  });

  test('is asked after some seconds, and what may be sent again is', async () => {
    const bench = await Bench.start(silence);
    const get = bench.send();
    const post = bench.send({ method: 'POST', body: textBody('body') });
    await until(() => bench.count(FRAME.headers) === 2);
    await bench.pass(5000);
    expect(bench.count(FRAME.ping)).toBe(1);
    await bench.pass(1000);
    expect((await readAll(await get.response)).text).toBe('hello');
    await bench.pass(5000);
    await expect(post.response).rejects.toMatchObject({ code: 'timeout' });
    await until(() => bench.server.open === 1);
  });

  test('in the middle of a body fails it', async () => {
    const bench = await Bench.start((socket, id) => {
      socket.write(Buffer.concat([statusOk(id), data(id, 'part')]));
    });
    const reading = readAll(await bench.send().response);
    for (const wait of [5000, 5000, 1000, 5000]) await bench.pass(wait);
    const sink = await reading;
    expect([sink.text, sink.failures.map(({ code }) => code)]).toEqual(['part', ['timeout']]);
    expect((await bench.get()).text).toBe('hello');
  });

  test('has served before, and is given up all the same', async () => {
    let requests = 0;
    const bench = await Bench.start((socket, id) => {
      if (++requests === 1) answer(socket, id, 0);
    });
    expect((await bench.get()).text).toBe('hello');
    const next = bench.get();
    await until(() => requests === 2);
    for (const wait of [5000, 5000, 1000]) await bench.pass(wait);
    expect((await next).text).toBe('hello');
  });

  test('twice in a row is an error, and not tried for ever', async () => {
    const server = await startRawHttp2Server(silence, () => {}, { isMute: () => true });
    const clock = new FakeClock();
    const transport = new SocketTransport({ clock });
    const { response } = sendOver(transport, { url: server.origin, options: { http2Direct: true } });
    let outcome: unknown = null;
    response.catch((error: unknown) => {
      outcome = error;
    });
    for (let second = 0; outcome === null && second < 30; second++) {
      await roundTrips();
      clock.advance(1000);
    }
    expect(outcome).toMatchObject({ code: 'timeout' });
    expect(server.connections).toBe(2);
    await transport.close();
    await server.close();
  });
});

describe('a connection that answers PING', () => {
  test('is kept, whatever is given up', async () => {
    const bench = await Bench.start((socket, id) => {
      if (id > 1) answer(socket, id, 0);
    }, false);
    const first = bench.send();
    await until(() => bench.count(FRAME.headers) === 1);
    first.exchange.cancel(GIVEN_UP);
    await until(() => bench.count(FRAME.ping) === 1);
    await bench.pass(5000);
    expect((await bench.get()).text).toBe('hello');
    expect(bench.server.connections).toBe(1);
  });

  test('may take its time', async () => {
    let late: (() => void) | null = null;
    const bench = await Bench.start((socket, id) => {
      late = () => answer(socket, id, 0);
    }, false);
    const slow = bench.get();
    await until(() => late !== null);
    for (let i = 0; i < 30; i++) await bench.pass(5000);
    late!();
    expect((await slow).text).toBe('hello');
    expect([bench.server.connections, bench.count(FRAME.ping)]).toEqual([1, 3]);
  });
});

test('a request that times out while others are answered speaks for itself, not against its connection', async () => {
  const bench = await Bench.start((socket, id) => {
    if (id > 1) answer(socket, id, 0);
  }, false);
  const slow = bench.send();
  expect((await bench.get()).text).toBe('hello');
  slow.exchange.cancel(new NetworkError('timeout', 'no byte has moved'));
  await bench.get();
  expect([bench.server.connections, bench.count(FRAME.ping)]).toEqual([1, 0]);
});

describe('a peer that breaks the protocol, which Node 20 tells nobody', () => {
  const head = Uint8Array.of(0x88);
  test.each<[string, (id: number) => Uint8Array]>([
    ['data without a head', (id) => data(id, 'body')],
    ['no HTTP/2 at all', () => Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')],
    ['a head that cannot be decoded', (id) => frame(FRAME.headers, id, Uint8Array.of(0xff, 0xff, 0xff), 4)],
    ['a frame longer than agreed', (id) => frame(FRAME.data, id, new Uint8Array(20_000))],
    ['data on stream 0', () => frame(FRAME.data, 0, head)],
    ['a head on stream 0', () => frame(FRAME.headers, 0, head, 4)],
    ['settings of a size that is none', () => frame(FRAME.settings, 0, new Uint8Array(5))],
    ['settings on a stream', (id) => frame(FRAME.settings, id, new Uint8Array(0))],
    ['a PING of a size that is none', () => frame(FRAME.ping, 0, new Uint8Array(7))],
    ['a reset of stream 0', () => frame(FRAME.resetStream, 0, new Uint8Array(4))],
    ['a reset of a size that is none', (id) => frame(FRAME.resetStream, id, new Uint8Array(3))],
    ['a reset of a stream that never was', () => frame(FRAME.resetStream, 99, new Uint8Array(4))],
    ['a window of nothing', () => frame(8, 0, new Uint8Array(4))],
    ['a window without end', () => frame(8, 0, Uint8Array.of(0x7f, 0xff, 0xff, 0xff))],
    ['a push that was forbidden', (id) => frame(5, id, Uint8Array.of(0, 0, 0, 2, 0x82), 4)],
    ['a continuation of nothing', (id) => frame(9, id, head, 4)],
    ['a GOAWAY on a stream', (id) => frame(FRAME.goaway, id, new Uint8Array(8))],
    ['padding longer than its frame', (id) => frame(FRAME.data, id, Uint8Array.of(200, 1), 8)],
    ['a head inside another', (id) => Buffer.concat([frame(FRAME.headers, id, head), data(id, 'x')])],
    ['a setting out of range', () => frame(FRAME.settings, 0, Uint8Array.of(0, 4, 0xff, 0xff, 0xff, 0xff))],
  ])('%s: the next request is answered', async (_name, bytes) => {
    const bench = await Bench.start((socket, id) => socket.write(bytes(id)), false);
    const first = bench.send();
    first.response.catch(() => {});
    await until(() => bench.count(FRAME.headers) === 1);
    await bench.pass(0);
    first.exchange.cancel(GIVEN_UP);
    const next = bench.get();
    await bench.pass(1000);
    expect((await next).text).toBe('hello');
    await bench.pass(5000);
    await until(() => bench.server.open === 1);
  });
});
