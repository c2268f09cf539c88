import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../platform/node/extras.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { NetworkError } from '../../src/index.ts';
import { freePort } from '../support/free-port.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let manager: NetworkAccessManager;
beforeAll(async () => {
  server = await startServer({
    routes: {
      page: ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/html', 'x-a': '1', 'set-cookie': 'a=b' });
        response.end('<html>a login page</html>');
      },
      number: ({ response }) => void response.end('5'),
      hang: () => {},
      cut: ({ response }) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('x', () => response.destroy());
      },
      loop: ({ response }) => void response.writeHead(302, { location: '/loop' }).end(),
      nowhere: ({ response }) => void response.writeHead(302, { location: 'http://[' }).end(),
      mail: ({ response }) => void response.writeHead(302, { location: 'mailto:a@b' }).end(),
      broken: ({ response }) => void response.writeHead(503, 'Too "busy"').end('later'),
    },
  });
});
afterAll(() => server.close());
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

const failure = (promise: Promise<unknown>): Promise<NetworkError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: NetworkError) => error,
  );
const withUser = (path: string): string => server.origin.replace('//', '//user:geheim@') + path;

describe('the sentence of an error says which request, why, and what to do', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a status',
      () => manager.post(withUser('/broken'), 'x').text(),
      /^POST http:\/\/127\.0\.0\.1:\d+\/broken was answered 503 Too "busy"$/,
    ],
    [
      'a refused connection',
      async () => manager.get(`http://127.0.0.1:${await freePort()}/a?b`).text(),
      /^GET http:\/\/127\.0\.0\.1:\d+\/a\?b: .*refused.* \(check the host and port/,
    ],
    ['an abort', () => aborted(), /^GET http:\/\/127\.0\.0\.1:\d+\/hang was aborted$/],
    [
      'AbortSignal.timeout',
      () => manager.get({ url: `${server.origin}/hang`, signal: AbortSignal.timeout(20) }).text(),
      /^GET http:\/\/127\.0\.0\.1:\d+\/hang took longer than the AbortSignal\.timeout of its signal$/,
    ],
    [
      'a transfer timeout',
      () => manager.get({ url: `${server.origin}/hang`, transferTimeout: 20 }).text(),
      /^GET .*\/hang: no byte moved for 20 ms \(so far: .*\) \(the option .*transferTimeout/,
    ],
    [
      'too many redirects',
      () => manager.get({ url: `${server.origin}/loop`, maximumRedirectsAllowed: 2 }).text(),
      /^GET .*\/loop: .* \(the option maximumRedirectsAllowed allows more\)$/,
    ],
    [
      'a redirect that a fetch does not follow',
      () =>
        manager
          .fetch(`${server.origin}/loop`, { redirect: 'error' })
          .catch(({ cause }) => Promise.reject(cause)),
      /^GET .*\/loop: .* is not followed: redirect is 'error'$/,
    ],
    [
      'a redirect to what is no URL',
      () => manager.get(`${server.origin}/nowhere`).text(),
      /^GET .*\/nowhere: .* is not followed: Location is not a URL$/,
    ],
    [
      'a redirect to another scheme',
      () => manager.get(`${server.origin}/mail`).text(),
      /^GET .*\/mail: .* is not followed: Location is neither http nor https$/,
    ],
    ['an unknown scheme', () => manager.get('gopher://h.test/').text(), /^GET gopher:.*the option schemes/],
    [
      'a host and port without one',
      () => manager.get('localhost:3000/x?y').text(),
      /^GET localhost:3000\/x\?y: .*; did you mean http:\/\/localhost:3000\/x\?y\?$/,
    ],
    [
      'the same of a fetch',
      () => manager.fetch('api.test:80').catch(({ cause }) => Promise.reject(cause)),
      /^GET api\.test:80: .*; did you mean http:\/\/api\.test:80\?$/,
    ],
    [
      'a download that was cut off, as `saved` tells it',
      () =>
        // As it says at that moment, and not when the reply has finished.
        download(manager, withUser('/cut'), {
          to: join(tmpdir(), `fairlead-cut-${process.pid}`),
        }).saved.catch(({ code, message }) => Promise.reject(new NetworkError(code, message))),
      /^GET http:\/\/127\.0\.0\.1:\d+\/cut: the server closed the connection before the body ended$/,
    ],
    [
      'a body that is no JSON',
      () => manager.get(withUser('/page')).json(),
      /^GET http:\/\/127\.0\.0\.1:\d+\/page was answered 200 with a body \(text\/html\) that is not JSON: /,
    ],
    [
      'one that does not fit',
      () =>
        manager.get(`${server.origin}/number`).json({
          '~standard': { version: 1, validate: () => ({ issues: [{ message: 'no object' }] }) },
        }),
      /\/number was answered 200 with a body \(no Content-Type\) that does not fit its schema: no object$/,
    ],
  ])('%s', async (_name, run, sentence) => {
    const error = await failure(run());
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('geheim');
    expect(error.message.length).toBeLessThan(600);
  });

  function aborted(): Promise<unknown> {
    const reply = manager.get(`${server.origin}/hang`);
    setTimeout(() => reply.abort(), 10);
    return reply.text();
  }

  test('a body that is no JSON comes along, with the head', async () => {
    const error = await failure(manager.get(`${server.origin}/page`).json());
    expect(error).toMatchObject({ code: 'unknown-content', status: 200, cause: expect.any(SyntaxError) });
    expect(error.headers).toContainEqual(['x-a', '1']);
    expect(JSON.stringify(error.headers)).not.toContain('set-cookie');
    expect(new TextDecoder().decode(error.body)).toBe('<html>a login page</html>');
  });

  test('the stack that listeners may log has it, too', async () => {
    const reply = manager.get(`http://127.0.0.1:${await freePort()}/`);
    const error = await new Promise<NetworkError>((resolve) => reply.on('errorOccurred', resolve));
    expect(error.stack!.split('\n')[0]).toMatch(/Error: GET .*check the host and port/);
  });

  test('AbortSignal.timeout is told by the cause, too', async () => {
    const error = await failure(
      manager.get({ url: `${server.origin}/hang`, signal: AbortSignal.timeout(20) }).text(),
    );
    expect(error).toMatchObject({ code: 'operation-canceled', cause: { name: 'TimeoutError' } });
  });

  test('requests that fail of the same error have a sentence each', async () => {
    const shared = new NetworkError('unknown-network', 'the tunnel is down');
    const own = new NetworkAccessManager({ schemes: { x: { open: () => Promise.reject(shared) } } });
    const [first, second] = [await failure(own.get('x:a').text()), await failure(own.get('x:b').text())];
    expect([first.message, second.message]).toEqual([
      'GET x:a: the tunnel is down',
      'GET x:b: the tunnel is down',
    ]);
    await own.close();
  });
});

test.each(['http://me:geheim@[::/', 'http://me:geheim@h.test:99999/', '//me:geheim@h.test/'])(
  'the password in %s, which is no URL, is in nothing that a log shows',
  async (url) => {
    const shown: unknown[] = [];
    try {
      manager.get(url);
    } catch (error) {
      shown.push(error);
    }
    await manager.fetch(url).catch((error: unknown) => shown.push(error));
    expect(shown).toEqual([expect.any(TypeError), expect.any(TypeError)]);
    expect(inspect(shown, { depth: 9 })).not.toContain('geheim');
  },
);

describe('a mistake of a newcomer is a TypeError that says what to do', () => {
  const url = 'http://h.test/';
  test.each<[string, () => unknown, string]>([
    [
      'a relative URL',
      () => manager.get('/users'),
      'URL: "/users" is not absolute; begin it, or the option baseUrl, with http:// or https://',
    ],
    [
      'one with a password',
      () => manager.get('//me:geheim@h.test/'),
      'URL: it is not absolute; begin it, or the option baseUrl, with http://',
    ],
    [
      'a baseUrl without a scheme',
      () => new NetworkAccessManager({ baseUrl: 'localhost:3000/v1/' }),
      'can be relative to; did you mean http://localhost:3000/v1/?',
    ],
    [
      'a URL without a scheme under a baseUrl',
      () => manager.get({ url: 'localhost:3000/x', baseUrl: url }),
      'is outside of the baseUrl http://h.test/; did you mean http://localhost:3000/x?',
    ],
    ['no URL at all', () => manager.get('http://'), 'URL: cannot be parsed'],
    ['an object as a body', () => manager.post(url, { a: 1 } as never), '(JSON: { url, json })'],
    [
      'header',
      () => manager.get({ url, header: {} } as never),
      "unknown option 'header'; did you mean 'headers'?",
    ],
    [
      'methd',
      () => manager.get({ url, methd: 'GET' } as never),
      "unknown option 'methd'; did you mean 'method'?",
    ],
    ['jsn', () => manager.post({ url, jsn: 1 } as never), "unknown option 'jsn'; did you mean 'json'?"],
    [
      'timeout',
      () => manager.get({ url, timeout: 1 } as never),
      "unknown option 'timeout': `timeouts: { total }` ends",
    ],
    ['a URL for a manager', () => new NetworkAccessManager(url as never), 'expected an object of options'],
    ['a signal', () => manager.on('finshed' as never, (() => {}) as never), "did you mean 'finished'?"],
    [
      'fetch’s third',
      () => (manager.get as (...args: unknown[]) => unknown).call(manager, url, null, {}),
      'one argument too many',
    ],
  ])('%s', (_name, act, sentence) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(sentence);
    expect(act).not.toThrow('geheim');
  });
});

describe('the stack of an error has the line that waits for it', () => {
  const ways: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
    text: (url) => manager.get(url).text(),
    json: (url) => manager.get(url).json(),
    bytes: (url) => manager.get(url).bytes(),
    blob: (url) => manager.get(url).blob(),
    completed: (url) => manager.get(url).completed,
    response: (url) => manager.get(url).response,
    fetch: (url) => manager.fetch(url),
  };
  test.each(Object.entries(ways))('%s', async (_name, run) => {
    async function theCaller() {
      await run(`http://127.0.0.1:${await freePort()}/`);
    }
    const error = await failure(theCaller());
    expect(error.stack).toMatch(/theCaller .*error-sentences\.test\.ts/);
    expect(error.stack).toContain(error.message);
  });

  const iterations: Readonly<Record<string, (url: string) => AsyncIterable<unknown>>> = {
    'the reply': (url) => manager.get(url),
    lines: (url) => manager.get(url).lines(),
    jsonLines: (url) => manager.get(url).jsonLines(),
    events: (url) => manager.events(url),
    'the body of its response': async function* (url) {
      yield* (await manager.get(url).response).body!;
    },
  };
  test.each(Object.entries(iterations))('iteration over %s', async (_name, iterate) => {
    async function theCaller() {
      for await (const _ of iterate(`http://127.0.0.1:${await freePort()}/`));
    }
    expect((await failure(theCaller())).stack).toMatch(/theCaller .*error-sentences\.test\.ts/);
  });

  test('a download', async () => {
    async function theCaller() {
      const to = join(tmpdir(), `fairlead-never-${process.pid}`);
      await download(manager, `http://127.0.0.1:${await freePort()}/`, { to }).completed;
    }
    expect((await failure(theCaller())).stack).toMatch(/theCaller .*error-sentences\.test\.ts/);
  });

  test('the body of a Response', async () => {
    async function theCaller() {
      await (await manager.fetch(`${server.origin}/cut`)).text();
    }
    const error = await failure(theCaller());
    expect(error.stack).toMatch(/theCaller .*error-sentences\.test\.ts/);
    expect(error).toMatchObject({ name: 'TypeError', cause: { code: 'remote-host-closed' } });
  });

  test('a status', async () => {
    async function theCaller() {
      await manager.get(`${server.origin}/broken`).text();
    }
    expect((await failure(theCaller())).stack).toMatch(/theCaller .*error-sentences\.test\.ts/);
  });
});
