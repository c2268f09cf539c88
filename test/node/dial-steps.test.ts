import { createServer } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { type Dial, Dialer, type DialerOptions } from '../../platform/node/dial/dialer.ts';
import { endpointOf } from '../../platform/node/dial/endpoint.ts';
import { Resolver } from '../../platform/node/dial/resolve.ts';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import type { TlsOptions } from '../../src/options/tls-options.ts';
import { failureOf, GIVEN_UP, until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { FakeClock, makeExchange, makeRequest } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { startServer } from '../support/server.ts';
import { startRelay, throughRelay } from '../support/tunnel.ts';
import { getOver, sendOver } from '../support/wire.ts';

const cleanup = new Cleanup();
const authority = new CertificateAuthority();
const tls = { ca: authority.certificate };

/** A dial, as a pool would order it. */
function dialOf(url: string, init: Partial<Dial> & { readonly tls?: TlsOptions } = {}): Dial {
  const request = makeRequest({ url, options: { tls: init.tls ?? null } });
  const { exchange: call } = makeExchange({ ask: async () => ({ allowed: true }) });
  const endpoint = endpointOf(request, { kind: 'direct' });
  return { endpoint, offer: ['http/1.1'], url, call, signal: new AbortController().signal, ...init };
}

/** A server that counts what is connected, and the bytes that arrive. */
async function listen(): Promise<{ url: string; open: number; connections: number; bytes: number }> {
  const state = { url: '', open: 0, connections: 0, bytes: 0 };
  const server = createServer((socket) => {
    state.open++;
    state.connections++;
    socket.on('data', ({ length }) => {
      state.bytes += length;
    });
    socket.on('close', () => state.open--);
  });
  await cleanup.listen(server);
  state.url = `http://127.0.0.1:${portOf(server)}/`;
  return state;
}

describe('a step that has to begin again', () => {
  test('has a new connection, and knows what it has learned', async () => {
    const server = await startServer();
    cleanup.add(() => server.close());
    const relay = await startRelay(cleanup);
    let asked = 0;
    const kinds = throughRelay(relay.port, 'socket', () => ++asked <= 2);
    const transport = new SocketTransport({}, kinds);
    cleanup.add(() => transport.close());
    const { text, events } = await getOver(transport, `${server.origin}/hello`);
    expect(text).toBe('hello');
    expect(relay.connections).toBe(3);
    expect(events.filter(({ type }) => type === 'socket-started-connecting').length).toBe(3);
  });

  test('for ever is an error that says so, and leaves nothing open', async () => {
    const server = await listen();
    const port = Number(new URL(server.url).port);
    const dialer = new Dialer({ routeKinds: throughRelay(port, 'socket', () => true) });
    await expect(dialer.dial(dialOf('http://origin.test/'))).rejects.toMatchObject({
      code: 'unknown-network',
      message: expect.stringContaining('too often'),
    });
    // The last one is taken up after it stands for its client.
    await until(() => server.connections >= 301 && server.open === 0);
    expect(server.connections).toBe(301);
  });
});

describe('a dial takes no longer than it may', () => {
  test('whoever does not answer', async () => {
    const server = await listen();
    const url = server.url.replace('http:', 'https:');
    const clock = new FakeClock();
    const { exchange: call } = makeExchange({ clock });
    const dialed = new Dialer().dial(dialOf(url, { call, tls }));
    const failed = expect(dialed).rejects.toMatchObject({
      code: 'timeout',
      url,
      message: expect.stringMatching(/30 s.*connectTimeout/),
    });
    await until(() => server.bytes > 0);
    clock.advance(29_999);
    expect(server.open).toBe(1);
    clock.advance(1);
    await failed;
    await until(() => server.open === 0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('a name that nobody resolves', async () => {
    const clock = new FakeClock();
    const { exchange: call } = makeExchange({ clock });
    const dialer = new Dialer({ lookup: () => {}, connectTimeout: 5000 });
    const dialed = dialer.dial(dialOf('http://host.test/', { call }));
    clock.advance(5000);
    await expect(dialed).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('5 s') });
  });

  test('but the application may, when it is asked', async () => {
    const server = await startServer({ identity: authority.issue() });
    cleanup.add(() => server.close());
    const clock = new FakeClock();
    let answer: (answer: object) => void = () => {};
    const { exchange: call } = makeExchange({
      clock,
      ask: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const dialed = new Dialer().dial(dialOf(`${server.origin}/`, { call, tls }));
    await until(() => call.timings.secureConnectEnd > 0);
    clock.advance(1_000_000);
    answer({ allowed: true });
    (await dialed).socket.destroy();
    expect(clock.pendingTimers).toBe(0);
  });

  test('an Infinity is no bound', async () => {
    const clock = new FakeClock();
    const { exchange: call } = makeExchange({ clock });
    const abort = new AbortController();
    const dialer = new Dialer({ lookup: () => {}, connectTimeout: Number.POSITIVE_INFINITY });
    const dialed = dialer.dial(dialOf('http://host.test/', { call, signal: abort.signal }));
    expect(clock.pendingTimers).toBe(0);
    abort.abort(GIVEN_UP);
    await expect(dialed).rejects.toBe(GIVEN_UP);
  });

  test.each([0, -1, Number.NaN, '5', null])('%s is no time', (connectTimeout) => {
    expect(() => new SocketTransport({ connectTimeout: connectTimeout as number })).toThrow(
      /'connectTimeout'.*milliseconds above 0/,
    );
  });
});

describe('a dial that is given up leaves nothing open', () => {
  test.each<[string, DialerOptions, string]>([
    ['in TLS', {}, 'https:'],
    ['in a tunnel', {}, 'http:'],
  ])('%s', async (where, options, scheme) => {
    const server = await listen();
    const port = Number(new URL(server.url).port);
    const routeKinds = where === 'in a tunnel' ? throughRelay(port, 'stream') : undefined;
    const abort = new AbortController();
    const url = server.url.replace('http:', scheme);
    const dialed = new Dialer({ ...options, routeKinds }).dial(dialOf(url, { signal: abort.signal, tls }));
    await until(() => server.bytes > 0);
    abort.abort(GIVEN_UP);
    await expect(dialed).rejects.toBe(GIVEN_UP);
    await until(() => server.open === 0);
  });

  test('when the application says no', async () => {
    const server = await startServer({ identity: authority.issue() });
    cleanup.add(() => server.close());
    const transport = new SocketTransport();
    cleanup.add(() => transport.close());
    const options = { tls };
    const sent = sendOver(
      transport,
      { url: server.origin, options },
      { ask: async () => ({ allowed: false }) },
    );
    expect((await failureOf(sent)).code).toBe('operation-canceled');
  });
});

test('a route of a kind that is not known is refused', async () => {
  const dial = dialOf('http://origin.test/');
  const endpoint = { ...dial.endpoint, route: { kind: 'carrier-pigeon' as never } };
  await expect(new Dialer().dial({ ...dial, endpoint })).rejects.toThrow(/carrier-pigeon/);
});

describe('equal lookups under way', () => {
  const address = [{ address: '127.0.0.1', family: 4 }];

  test('are one', async () => {
    let lookups = 0;
    const resolver = new Resolver((_host, _options, callback) => {
      lookups++;
      setTimeout(() => callback(null, address), 10);
    });
    const found = await Promise.all(['a.test', 'a.test', 'b.test'].map((host) => resolver.addressesOf(host)));
    expect(found.flat().length).toBe(3);
    expect(lookups).toBe(2);
    await resolver.addressesOf('a.test');
    expect(lookups).toBe(3);
  });

  test('fail together, and are tried again by the next one', async () => {
    let lookups = 0;
    const resolver = new Resolver((_host, _options, callback) => {
      if (++lookups > 1) callback(null, address);
      else setTimeout(() => callback(Object.assign(new Error('later'), { code: 'EAI_AGAIN' }), ''), 5);
    });
    const both = await Promise.allSettled([resolver.addressesOf('a.test'), resolver.addressesOf('a.test')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await resolver.addressesOf('a.test')).toEqual(address);
  });

  test('that hang are not joined for ever', async () => {
    vi.useFakeTimers();
    try {
      let lookups = 0;
      const resolver = new Resolver((_host, _options, callback) => {
        if (++lookups > 1) callback(null, address);
      });
      const hanging = resolver.addressesOf('a.test');
      vi.advanceTimersByTime(5000);
      expect(await resolver.addressesOf('a.test')).toEqual(address);
      expect(await Promise.race([hanging, null])).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  test('of which one is given up go on for the other', async () => {
    const server = await startServer();
    cleanup.add(() => server.close());
    let answer: (() => void) | null = null;
    const transport = new SocketTransport({
      lookup: (_host, _options, callback) => {
        answer = () => callback(null, address);
      },
    });
    cleanup.add(() => transport.close());
    const url = `http://host.test:${server.port}/hello`;
    const first = sendOver(transport, { url });
    const second = sendOver(transport, { url });
    await until(() => answer !== null);
    first.exchange.cancel(GIVEN_UP);
    await expect(first.response).rejects.toBe(GIVEN_UP);
    answer!();
    expect((await second.response).status).toBe(200);
  });
});

test('of a name with 3 000 addresses 16 are tried, of both families', async () => {
  const many = Array.from({ length: 1500 }, (_, i) => ({ address: `2001:db8::${i + 1}`, family: 6 })).concat(
    Array.from({ length: 1500 }, (_, i) => ({ address: `127.9.${i >> 8}.${i & 255}`, family: 4 })),
  );
  const resolver = new Resolver((_host, _options, callback) => callback(null, many));
  const found = await resolver.addressesOf('host.test');
  expect(found.length).toBe(16);
  expect(found.filter(({ family }) => family === 4).length).toBe(8);
});
