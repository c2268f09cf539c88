/** What a client says that is larger than the owner lets it be, without meaning any harm: that alone fails, and says why. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { HELLO, pair, rawPort, requestMessage, rulesOf } from './pair.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const MIB = 1024 * 1024;
const LIMIT = 512 * 1024;
const POLICY = {
  addresses: ['127.0.0.1'],
  schemes: ['http', 'data'],
  maximumMessageSize: LIMIT,
} as const;
const hello = (): string => `${server.origin}/hello`;
/** As the client, and whoever looks at what the policy was broken by, is told. */
const sentence = (type: string): string => `a ${type} of more than ${LIMIT} bytes (rule maximumMessageSize`;

describe('fails alone, by the name of the limit', () => {
  test.each(['the URL', 'the fields', 'an option'])('a request: %s', async (what) => {
    await using both = pair({ ...POLICY, options: ['tls'] });
    const large = 'x'.repeat(LIMIT);
    const requests = {
      'the URL': { url: `data:,${large}` },
      'the fields': { url: hello(), headers: { a: large } },
      'an option': { url: hello(), tls: { ca: large } },
    };
    const refused = both.client.get(requests[what as 'the URL']);
    // In the same post.
    const before = both.client.get(hello());
    const error = await refused.completed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'content-access-denied' });
    expect(String(error)).toContain(sentence('request'));
    expect(await before.text()).toBe('hello');
    expect(await both.client.get(hello()).text()).toBe('hello');
    expect(rulesOf(both)).toEqual(['maximumMessageSize']);
    expect(both.served.held).toBe(0);
  });

  test('a call', async () => {
    await using both = pair({ ...POLICY, grants: ['cookies.set', 'cache.size'] });
    const cookie = { name: 'a', value: 'x'.repeat(LIMIT) };
    await expect(both.client.cookies.set(cookie, hello())).rejects.toThrow(sentence('call'));
    expect(await both.client.cache.size()).toBe(0);
    expect([rulesOf(both), both.served.held]).toEqual([['maximumMessageSize'], 0]);
  });

  test('several in a turn', async () => {
    await using both = pair(POLICY);
    const requests = Array.from({ length: 8 }, () =>
      both.client.get({ url: hello(), headers: { a: 'x'.repeat(MIB) } }),
    );
    const codes = await Promise.all(requests.map(({ completed }) => completed.catch(({ code }) => code)));
    expect(new Set(codes)).toEqual(new Set(['content-access-denied']));
    expect(await both.client.get(hello()).text()).toBe('hello');
  });
});

test('what is large together is no fault of one', async () => {
  await using both = pair({ ...POLICY, grants: ['cookies.set'] });
  const cookie = (i: number) => ({ name: `a${i}`, value: 'x'.repeat(100_000) });
  const calls = Array.from({ length: 40 }, (_, i) => both.client.cookies.set(cookie(i), hello()));
  await Promise.all(calls);
  expect(rulesOf(both)).toEqual([]);
});

test('a body of any size is none of it', async () => {
  await using both = pair({ ...POLICY, maximumMessageSize: 320 * 1024 });
  const reply = await both.client.post(`${server.origin}/echo`, new Uint8Array(3 * MIB)).completed;
  expect([reply.status, rulesOf(both)]).toEqual([200, []]);
  expect(() => pair({ maximumMessageSize: 320 * 1024 - 1 })).toThrow("option 'maximumMessageSize'");
});

describe('the port ends with', () => {
  const large = 'x'.repeat(LIMIT);
  test.each<[string, (url: string) => unknown[]]>([
    ['another message that is as large', () => [{ type: 'lock', name: large }]],
    ['a request that has no number', (url) => [{ ...requestMessage(0, url), method: large }]],
    [
      'one whose number was given before',
      (url) => [requestMessage(1, url), { ...requestMessage(1, url), method: large }],
    ],
    ['a post that no client makes', (url) => Array(40).fill({ ...requestMessage(1, url), method: large })],
  ])('%s', async (_what, messages) => {
    const port = rawPort(POLICY);
    port.say(HELLO);
    port.say(...messages(hello()));
    await port.until('goodbye');
    await port.closed;
    expect(port.violations.at(-1)).toMatchObject({ rule: 'protocol' });
    await port.end();
  });
});

test('an error of a source that has more on it than plain data ends no port', async () => {
  await using both = pair(POLICY);
  const cause = Object.assign(new Error('the disk is gone'), { retry: () => {} });
  // As the sources of other clients of this package have them.
  const { NetworkError } = await import('../../../platform/node/index.ts');
  const failed = Object.assign(new NetworkError('unknown-network', 'the disk is gone', { cause }), {
    retry: () => {},
  });
  const source = async function* () {
    yield new Uint8Array(1);
    throw failed;
  };
  await expect(both.client.post(`${server.origin}/echo`, source()).text()).rejects.toThrow(
    'the disk is gone',
  );
  expect(await both.client.get(hello()).text()).toBe('hello');
  expect(both.client.failure).toBeNull();
});

test('a manager that is closed is served by no port, and who connects is told', async () => {
  const manager = new NetworkAccessManager();
  const extended = manager.extend({});
  await manager.close();
  for (const closed of [manager, extended]) {
    await using both = pair(POLICY, closed);
    const told = new Promise((resolve) => both.served.on('closed', resolve));
    const early = both.client.get(hello()).text();
    expect(await told).toMatchObject({ code: 'operation-canceled', message: 'the manager was closed' });
    await expect(both.client.ready).rejects.toThrow('the manager was closed');
    await expect(early).rejects.toThrow('the manager was closed');
    expect(both.served.isClosed).toBe(true);
    expect(both.client.failure).toMatchObject({ code: 'operation-canceled' });
  }
});
