/** A client that says anything in any order: never a crash, never a request outside of the policy, little kept, nothing left behind. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GRANTS } from '../../../platform/bridge/policy/grants.ts';
import { type BridgePort, type PortListener, serve } from '../../../platform/node/bridge.ts';
import { type CookieJar, NetworkAccessManager } from '../../../platform/node/index.ts';
import { countingTransport } from './counting-transport.ts';

const MESSAGES = 100_000;
const A_PORT = 50;
const AT_ONCE = 4;
const ALLOWED = 'https://allowed.example';

/** The owner's end of a port that is spoken through by hand. */
class SpokenPort implements BridgePort {
  readonly transfers = false;
  readonly tellsClose = true;
  isClosed = false;
  #listener: PortListener | null = null;

  open(listener: PortListener): void {
    this.#listener = listener;
  }

  post(): void {}

  close(): void {
    this.isClosed = true;
    this.#listener = null;
  }

  say(message: unknown): void {
    this.#listener?.message(structuredClone(message));
  }

  leave(): void {
    this.#listener?.closed();
  }
}

const small = fc.integer({ min: 1, max: 6 });
const target = fc.constantFrom(
  `${ALLOWED}/a`,
  `${ALLOWED}:443/b`,
  `${ALLOWED}:8443/c`,
  'https://u:p@allowed.example/',
  'http://allowed.example/',
  'https://other.example/',
  'https://allowed.example.other.example/',
  'http://169.254.169.254/latest',
  'http://[::ffff:127.0.0.1]/',
  'file:///etc/passwd',
  'unix+http://%2Frun%2Fdocker.sock/',
  'data:,x',
  'preconnect-https://other.example/',
  'preconnect-:nothing',
  `${'preconnect-'.repeat(2000)}https://allowed.example/`,
  'nothing',
);
const request = fc.record({
  type: fc.constant('request'),
  id: small,
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'TRACE', 'PURGE', 'post'),
  url: target,
  headers: fc.constantFrom([], ['a', 'b'], ['cookie', 'a=b'], ['x', 'y\r\nz']),
  options: fc.constantFrom(
    {},
    { priority: 'low' },
    { transport: {} },
    { tls: {} },
    { retry: true },
    { priority: 7 },
  ),
  body: fc.constantFrom(
    null,
    { length: null, replayable: false, contentType: null, bytes: null },
    { length: 1, replayable: true, contentType: 'text/plain', bytes: new Uint8Array(1) },
  ),
});
/** Of all methods; two of them are granted. */
const call = fc
  .record({ method: fc.constantFrom(...GRANTS), id: small, url: target, is: fc.boolean() })
  .map(({ method, id, url, is }) => {
    const cookie = { name: 'a', value: '1', ...(is ? {} : { domain: 'other.example' }) };
    const given: Readonly<Record<string, readonly unknown[]>> = {
      'cookies.get': [url],
      'cookies.set': [cookie, url],
      addStrictTransportSecurityHosts: [[{ host: 'a.example', expiry: 1, includeSubDomains: is }]],
      explainProxy: [url],
    };
    return { type: 'call', id, method, given: given[method] ?? [] };
  });
const about = (type: string, more: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record({ type: fc.constant(type), id: small, ...more });
const said = fc.oneof(
  { weight: 6, arbitrary: request },
  about('credit', { bytes: fc.constantFrom(0, 1, 1e9), isUnread: fc.boolean() }),
  about('priority', { priority: fc.constantFrom('high', 'low') }),
  about('abort', {}),
  about('answer', {
    question: small,
    answered: fc.constantFrom(
      { answer: { allowed: true }, error: null },
      { answer: { credentials: null }, error: null },
    ),
  }),
  about('upload-chunk', { pass: small, chunk: fc.constant(new Uint8Array(9)) }),
  about('upload-end', { pass: small }),
  about('upload-failed', { pass: small, error: fc.constant({ code: 'timeout', message: '' }) }),
  { weight: 3, arbitrary: call },
  fc.constantFrom(
    { type: 'ping' },
    { type: 'pong' },
    { type: 'received', bytes: 0 },
    { type: 'lock', name: 'x' },
  ),
);
const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    -1,
    Number.NaN,
    1e21,
    '',
    'get',
    [],
    {},
    new Date(0),
    new Map(),
    1n,
  ),
  fc.object({ maxDepth: 2 }),
);
/** Few messages are changed: a port ends with the first that no client says. */
const change = fc.oneof(
  { weight: 40, arbitrary: fc.constant(null) },
  fc.record({ how: fc.constantFrom('replace', 'drop', 'add'), at: fc.nat(), value: junk }),
);
/** A message with one of its fields replaced, left out, or one too many. */
const mutated = fc.tuple(said, change).map(([message, changed]) => ({ message, changed }));
type Mutated = typeof mutated extends fc.Arbitrary<infer Value> ? Value : never;

/** Mostly greeted first. Requests are numbered upwards, and what is said is mostly of one that there was. */
const conversation = fc
  .tuple(
    fc.array(mutated, { minLength: A_PORT, maxLength: A_PORT }),
    fc.constantFrom(true, true, true, true, false),
  )
  .map(([messages, greets]) => {
    let last = 0;
    const numbered = messages.map(({ message, changed }) => {
      if (message.type === 'request' || message.type === 'call')
        return changedTo({ ...message, id: ++last }, changed);
      return changedTo(
        'id' in message && last > 0 ? { ...message, id: 1 + (message.id % last) } : message,
        changed,
      );
    });
    return greets ? [{ type: 'hello', major: 1, minor: 0 }, ...numbered] : numbered;
  });

function changedTo(message: object, changed: Mutated['changed']): object {
  if (changed === null) return message;
  const { how, at, value } = changed;
  const names = Object.keys(message);
  const name = names[at % names.length]!;
  if (how === 'drop') return Object.fromEntries(Object.entries(message).filter(([one]) => one !== name));
  return { ...message, [how === 'add' ? 'more' : name]: value };
}

test(`${MESSAGES} messages, changed and out of order`, async () => {
  const sent = new Set<string>();
  const manager = new NetworkAccessManager({
    transport: countingTransport(({ origin }, method) => sent.add(`${method} ${origin}`)),
  });
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  let closed = 0;
  await fc.assert(
    fc.asyncProperty(conversation, async (messages) => {
      const port = new SpokenPort();
      const served = serve(manager, port, {
        origins: [{ origin: ALLOWED, methods: ['GET', 'POST'] }],
        maximumRequests: AT_ONCE,
        grants: ['cookies.set', 'cookies.changed'],
      });
      for (const [index, message] of messages.entries()) {
        port.say([message]);
        expect(served.requestsUnderWay).toBeLessThanOrEqual(AT_ONCE);
        // What was begun goes on in between, and what it was answered is posted.
        if (index % 5 !== 4) continue;
        await new Promise((resolve) => setImmediate(resolve));
        expect(served.held).toBeLessThanOrEqual(AT_ONCE);
      }
      if (port.isClosed) closed++;
      port.leave();
      expect(served.isClosed).toBe(true);
      expect(served.held).toBe(0);
    }),
    { numRuns: MESSAGES / A_PORT },
  );
  const domains = (manager.cookieJar as CookieJar).allCookies().map(({ domain }) => domain);
  await manager.close();
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  expect(uncaught).toEqual([]);
  expect([...sent].sort()).toEqual([`GET ${ALLOWED}`, `POST ${ALLOWED}`]);
  // Nobody's but of the one origin; and what is not granted has done nothing.
  expect(new Set(domains)).toEqual(new Set(['allowed.example']));
  expect(manager.strictTransportSecurityHosts()).toEqual([]);
  // Most say something that no client says, sooner or later.
  expect(closed).toBeGreaterThan(MESSAGES / A_PORT / 2);
}, 300_000);
