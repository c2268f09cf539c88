/** Which schemes a request may have: of a fetch, of the manager as a whole, and those that the application takes over. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NetworkAccessManager, type NetworkReply } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { LIST_ROUTES, redirect } from '../support/list-bench.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let directory: string;
let file: string;
beforeAll(async () => {
  server = await startServer({ routes: LIST_ROUTES });
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-'));
  file = path.join(directory, 'secret');
  await writeFile(file, 'top secret');
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const managers = new Set<NetworkAccessManager>();
afterEach(async () => {
  for (const manager of managers) await manager.close();
  managers.clear();
});
function make(options: ManagerOptions = {}): NetworkAccessManager {
  const manager = new NetworkAccessManager(options);
  managers.add(manager);
  return manager;
}

const SOCKETS = ['unix+http://%2Frun%2Fno.sock/x', 'local+http://%2Frun%2Fno.sock/x'];
const refused = { name: 'TypeError', cause: { code: 'protocol-unknown' } };
const codeOf = (reply: NetworkReply) =>
  reply.text().then(
    (text) => text,
    ({ code }) => code,
  );

describe('fetch', () => {
  test('neither reads nor writes a file', async () => {
    const { fetch } = make();
    await expect(fetch(pathToFileURL(file))).rejects.toMatchObject(refused);
    await expect(fetch(pathToFileURL(file), { method: 'PUT', body: 'over' })).rejects.toMatchObject(refused);
    expect(await readFile(file, 'utf8')).toBe('top secret');
  });

  test.each(SOCKETS)('does not call %s', async (url) => {
    await expect(make().fetch(url)).rejects.toMatchObject(refused);
  });

  test('opens what fetchSchemes says, in either spelling of a local socket, and nothing else', async () => {
    const { fetch } = make({ fetchSchemes: ['file'] });
    expect(await (await fetch(pathToFileURL(file))).text()).toBe('top secret');
    for (const url of SOCKETS) await expect(fetch(url)).rejects.toMatchObject(refused);
    for (const name of ['unix+http', 'local+http']) {
      for (const url of SOCKETS) {
        const reached = make({ fetchSchemes: [name] }).fetch(url);
        await expect(reached).rejects.toMatchObject({
          cause: { code: /connection-refused|host-not-found|not-found/ },
        });
      }
    }
  });

  test('the reply API opens them as before', async () => {
    expect(await make().get(pathToFileURL(file).href).text()).toBe('top secret');
  });

  test('opens the schemes of the application', async () => {
    const { fetch } = make({ schemes: { app: { open: () => new Response('of the app') } } });
    expect(await (await fetch('app://x/')).text()).toBe('of the app');
  });

  test('opens no port of another protocol, of its own or by a redirect; a reply may', async () => {
    const manager = make();
    const blocked = { name: 'TypeError', cause: { code: 'protocol-invalid-operation' } };
    await expect(manager.fetch('http://127.0.0.1:6667/')).rejects.toMatchObject(blocked);
    await expect(manager.fetch('https://127.0.0.1:22/')).rejects.toMatchObject(blocked);
    const target = redirect(server.origin, 'http://127.0.0.1:6667/');
    await expect(manager.fetch(target)).rejects.toMatchObject(blocked);
    expect(await codeOf(manager.get('http://127.0.0.1:6667/'))).toBe('connection-refused');
  });
});

describe('allowedSchemes', () => {
  test.each(['http', 'https', 'data', 'file', 'unix+http', 'local+http', 'blob'])(
    '%s alone',
    async (allowed) => {
      const manager = make({ allowedSchemes: [allowed], fetchSchemes: ['file', 'unix+http'] });
      const urls: Readonly<Record<string, string>> = {
        http: `${server.origin}/hello`,
        https: 'https://127.0.0.1:2/',
        data: 'data:,x',
        file: pathToFileURL(file).href,
        'unix+http': SOCKETS[0]!,
        'local+http': SOCKETS[1]!,
        blob: 'blob:nodedata:x',
      };
      for (const [scheme, url] of Object.entries(urls)) {
        const same = scheme === allowed || (scheme.endsWith('+http') && allowed.endsWith('+http'));
        const byReply = await codeOf(manager.get(url));
        const byFetch = await manager.fetch(url).then(
          () => 'answered',
          ({ cause }) => cause.code,
        );
        if (same) expect([byReply, byFetch]).not.toContain('protocol-unknown');
        else expect([byReply, byFetch]).toEqual(['protocol-unknown', 'protocol-unknown']);
      }
    },
  );

  test('redirects and connections ahead obey, too', async () => {
    const manager = make({ allowedSchemes: ['http'] });
    const away = redirect(server.origin, 'https://127.0.0.1:2/');
    expect(await codeOf(manager.get(away))).toBe('protocol-unknown');
    await expect(manager.fetch(away)).rejects.toMatchObject(refused);
    await expect(manager.connectToHostEncrypted('127.0.0.1', 2).completed).rejects.toMatchObject({
      code: 'protocol-unknown',
    });
    await manager.connectToHost('127.0.0.1', server.port).completed;
    expect(manager.supportedSchemes()).toEqual(['http']);
  });

  test('what is no scheme is a TypeError', () => {
    for (const value of ['http', ['HTTP'], ['http:'], [1]])
      expect(() => make({ allowedSchemes: value as never })).toThrow(/option 'allowedSchemes'/);
    for (const value of [null, 'file', ['file:']])
      expect(() => make({ fetchSchemes: value as never })).toThrow(/option 'fetchSchemes'/);
  });
});

describe('schemes takes over', () => {
  const handler = { open: ({ url }: { url: { href: string } }) => new Response(`mine: ${url.href}`) };

  test.each([
    ['http', 'http://127.0.0.1:2/x', 'http://127.0.0.1:2/x'],
    ['https', 'https://app.test/x', 'https://app.test/x'],
    ['data', 'data:,x', 'data:,x'],
    ['blob', 'blob:x', 'blob:x'],
    ['file', 'file:///etc/passwd', 'file:///etc/passwd'],
    ['unix+http', SOCKETS[0]!, SOCKETS[0]!],
    ['unix+http', SOCKETS[1]!, SOCKETS[0]!],
    ['local+http', SOCKETS[1]!, SOCKETS[0]!],
  ])('%s: %s', async (scheme, url, seen) => {
    const manager = make({ schemes: { [scheme]: handler } });
    expect(await manager.get(url).text()).toBe(`mine: ${seen}`);
    expect(await (await manager.fetch(url)).text()).toBe(`mine: ${seen}`);
  });

  test('where a redirect goes', async () => {
    const manager = make({ schemes: { https: handler } });
    const url = redirect(server.origin, 'https://app.test/there');
    expect(await manager.get(url).text()).toBe('mine: https://app.test/there');
    expect(await (await manager.fetch(url)).text()).toBe('mine: https://app.test/there');
  });
});
