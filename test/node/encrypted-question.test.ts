import * as https from 'node:https';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/extras.ts';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import type { Transport } from '../../src/call/transport.ts';
import { until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fixtures.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
const authority = new CertificateAuthority();
const pin = new Error('pin mismatch');
/** What the server was sent, request by request. */
let seen: string[];
let url: string;

beforeEach(async () => {
  seen = [];
  const server = https.createServer(authority.issue(), (request, response) => {
    seen.push(String(request.headers.authorization));
    response.setHeader('connection', 'close');
    response.setHeader('cache-control', 'max-age=0, stale-while-revalidate=60');
    response.end(`v${seen.length}`);
  });
  await cleanup.listen(server);
  url = `https://localhost:${portOf(server)}/`;
});

function manager(options: ManagerOptions = {}): NetworkAccessManager {
  const made = new NetworkAccessManager({ tls: { ca: authority.certificate }, ...options });
  cleanup.add(() => made.close());
  return made;
}

const failing: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw pin;
    },
  ],
  ['rejects', () => Promise.reject(pin)],
];

describe.each<[string, () => Transport | null]>([
  ['the sockets', () => null],
  ["Node's http module", () => new NodeHttpTransport()],
])('over %s', (_name, transport) => {
  test.each(failing)('nothing is sent when a listener of the manager %s', async (_, fail) => {
    const failed = manager({ transport: transport() }).on('encrypted', fail);
    const reply = failed.get({ url, headers: { authorization: 'Bearer SECRET' } });
    await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled', cause: pin });
    expect(reply.error?.message).not.toContain('SECRET');
    expect(seen).toEqual([]);
  });

  test.each(failing)('nothing is sent when a listener of the reply %s', async (_, fail) => {
    const reply = manager({ transport: transport() }).get(url).on('encrypted', fail);
    await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled', cause: pin });
    expect(seen).toEqual([]);
  });

  test('nor is a head that asks before its body', async () => {
    const failed = manager({ transport: transport() }).on('encrypted', async () => {
      // What had been sent would be there before that.
      await manager().get(url).text();
      throw pin;
    });
    const headers = { authorization: 'Bearer SECRET', expect: '100-continue' };
    const refused = failed.post({ url, headers }, 'body').text();
    await expect(refused).rejects.toMatchObject({ code: 'operation-canceled', cause: pin });
    expect(seen).toEqual(['undefined']);
  });

  test('a preconnect is refused, too', async () => {
    const other = manager({ transport: transport() }).on('encrypted', failing[0]![1]);
    if (other.transport !== null && other.transport.connect === undefined) return;
    const ahead = other.connectToHostEncrypted('localhost', Number(new URL(url).port));
    await expect(ahead.completed).rejects.toMatchObject({ code: 'operation-canceled', cause: pin });
  });
});

test.each([false, true])(
  'a listener that never settles holds up its own preconnect alone, HTTP/2 offered: %s',
  async (http2Allowed) => {
    const clock = new FakeClock();
    const caller = manager({ clock, transport: new SocketTransport({ clock }), http2Allowed });
    let asked = 0;
    caller.on('encrypted', () => (++asked === 1 ? new Promise<void>(() => {}) : undefined));
    const ahead = caller.connectToHostEncrypted('localhost', Number(new URL(url).port));
    await until(() => asked === 1);
    const reply = caller.get(url);
    await until(() => {
      clock.advance(50);
      return reply.isFinished;
    });
    expect(await reply.text()).toBe('v1');
    expect(asked).toBe(2);
    ahead.abort();
    await expect(ahead.completed).rejects.toMatchObject({ code: 'operation-canceled' });
    await caller.close();
    expect(clock.pendingTimers).toBe(0);
  },
);

describe.each([
  ['HTTP/1.1', false],
  ['HTTP/2', true],
])('over %s, a listener that never settles', (version, http2Allowed) => {
  test('holds up its own request alone: others of the origin dial for themselves after a second', async () => {
    const clock = new FakeClock();
    const server = await startHttp2Server((stream) => stream.end('2'), {
      identity: authority.issue(),
      allowHTTP1: true,
    });
    server.onRequest((_request, response) => response.end('1.1'));
    cleanup.add(() => server.close());
    const caller = manager({ clock, transport: new SocketTransport({ clock }), http2Allowed });
    const ask = () => caller.get(`https://localhost:${server.port}/`);
    const stuck = ask();
    let isAsked = false;
    stuck.on('encrypted', () => {
      isAsked = true;
      return new Promise<void>(() => {});
    });
    await until(() => isAsked);
    const others = [ask(), ask(), ask()];
    await until(() => {
      clock.advance(50);
      return others.every((reply) => reply.isFinished);
    });
    const answer = version.slice('HTTP/'.length);
    expect(await Promise.all(others.map((reply) => reply.text()))).toEqual([answer, answer, answer]);
    expect(stuck.isFinished).toBe(false);
    stuck.abort();
    await expect(stuck.text()).rejects.toMatchObject({ code: 'operation-canceled' });
  });
});

describe('a validation in the background', () => {
  test('goes on where nobody listens', async () => {
    const { get } = caching();
    expect(await get()).toBe('v1');
    expect(await get()).toBe('v1');
    await eventually(async () => expect(await get()).not.toBe('v1'));
  });

  test('asks the listeners of the manager, with a reply that finishes unheard', async () => {
    const { caller, get } = caching();
    await get();
    const asked: string[] = [];
    const finished = vi.fn();
    caller.on('finished', finished);
    const over = new Promise((resolve) =>
      caller.on('encrypted', async (reply) => {
        asked.push(reply.url);
        resolve(reply.completed);
      }),
    );
    expect(await get()).toBe('v1');
    await over;
    expect(asked).toEqual([url]);
    expect(finished).toHaveBeenCalledTimes(1);
  });

  test.each(failing)('sends nothing when one %s, which is a fault', async (_, fail) => {
    const { caller, get } = caching();
    await get();
    const faults = new Promise((resolve) => caller.on('faultOccurred', resolve));
    caller.on('encrypted', fail);
    expect(await get()).toBe('v1');
    expect(await faults).toBe(pin);
    expect(seen).toHaveLength(1);
  });

  test('ends with the manager', async () => {
    const { caller, get } = caching();
    await get();
    const reply = new Promise<{ isFinished: boolean }>((resolve) =>
      caller.on('encrypted', (one) => {
        resolve(one);
        return new Promise(() => {});
      }),
    );
    await get();
    const behind = await reply;
    expect(behind.isFinished).toBe(false);
    await caller.close();
    expect(behind.isFinished).toBe(true);
    expect(seen).toHaveLength(1);
  });

  function caching() {
    const caller = manager({ cache: new MemoryCache() });
    return { caller, get: () => caller.get(url).text() };
  }
});

afterEach(() => vi.restoreAllMocks());
