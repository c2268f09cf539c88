/** A manager on Node with a transport that hides what Node's own shows. */
import { afterEach, expect, test } from 'vitest';
import { FetchTransport } from '../../platform/common/fetch-transport.ts';
import { portableFetchCapabilities } from '../../platform/common/fetch-transport-capabilities.ts';
import { CookieJar, HttpHeaders, NetworkAccessManager } from '../../platform/node/index.ts';
import { EMPTY_BODY } from '../../src/message/body.ts';
import { parseUrl } from '../../src/util/url.ts';

const manager = new NetworkAccessManager({
  transport: new FetchTransport(async () => new Response('answer'), portableFetchCapabilities),
});
const jar = manager.cookieJar;
afterEach(() => {
  manager.cookieJar = jar;
});

test('the jar that the platform brings by itself is not asked for', async () => {
  expect(jar).toBeInstanceOf(CookieJar);
  expect(await manager.get('http://h.test/').text()).toBe('answer');
});

test('a jar that was set is asked for, and refused', async () => {
  manager.cookieJar = new CookieJar();
  await expect(manager.get('http://h.test/').text()).rejects.toMatchObject({
    code: 'protocol-invalid-operation',
    capability: 'cookies',
  });
});

test('no jar is fine', async () => {
  manager.cookieJar = null;
  expect(await manager.get('http://h.test/').text()).toBe('answer');
});

const fail = () => {
  throw new Error('not now');
};

test.each([
  ['nothing', undefined],
  ['no response', { status: 200 }],
  ['a head', { status: 200, url: parseUrl('http://h.test/'), headers: new HttpHeaders() }],
  [
    'a body that does not start',
    {
      status: 200,
      url: parseUrl('http://h.test/'),
      headers: new HttpHeaders(),
      body: { start: fail, pause: fail, resume: fail, cancel: fail },
    },
  ],
  [
    'other fields',
    { status: 200, url: parseUrl('http://h.test/'), headers: new Headers(), body: EMPTY_BODY },
  ],
])('%s in place of a response fails the reply, and the slot of the host is free', async (_what, response) => {
  const { capabilities } = manager.transport!;
  manager.transport = { capabilities, send: async () => response as never, close: async () => {} };
  for (let i = 0; i <= manager.connectionsPerHost; i++) {
    await expect(manager.get('http://h.test/').text()).rejects.toMatchObject({ code: 'unknown-content' });
  }
});
