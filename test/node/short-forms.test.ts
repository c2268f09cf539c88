import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager, type NetworkReply } from '../../platform/node/index.ts';
import { serveAll } from '../support/listening.ts';

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly type: string | null;
  readonly body: string;
}

let origin = '';
/** Echoes; `/status/N` with that status. */
const server = createServer(async (request, response) => {
  const { method, url = '', headers } = request;
  const body = await text(request);
  response.statusCode = Number(/^\/status\/(\d+)/.exec(url)?.[1] ?? 200);
  const hasBody = ![204, 304].includes(response.statusCode);
  const echo = { method, url, type: headers['content-type'] ?? null, body };
  response.end(hasBody ? JSON.stringify(echo) : undefined);
});
serveAll(server, (at) => {
  origin = at;
});

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager({ baseUrl: `${origin}/api` });
});
afterEach(() => manager.close());

const echoOf = (reply: NetworkReply) => reply.json() as Promise<Echo>;

describe('json', () => {
  const request = { url: 'notes', json: { text: 'ä' } };
  test.each<[string, () => NetworkReply]>([
    ['POST', () => manager.post(request)],
    ['PUT', () => manager.put(request)],
    ['PATCH', () => manager.patch(request)],
    ['DELETE', () => manager.delete(request)],
    ['DELETE', () => manager.deleteResource(request)],
    ['REPORT', () => manager.request('REPORT', request)],
    ['QUERY', () => manager.sendCustomRequest(request, 'QUERY')],
  ])('goes with %s', async (method, send) => {
    expect(await echoOf(send())).toEqual({
      method,
      url: '/api/notes',
      type: 'application/json',
      body: '{"text":"ä"}',
    });
  });

  test('has the type that a field says', async () => {
    const headers = { 'content-type': 'application/vnd.api+json' };
    expect((await echoOf(manager.post({ ...request, headers }))).type).toBe('application/vnd.api+json');
    manager.headers = { 'content-type': 'application/problem+json' };
    expect((await echoOf(manager.post(request))).type).toBe('application/problem+json');
  });

  test('goes through an overridden createRequest as it was said', async () => {
    const seen: unknown[] = [];
    class Watching extends NetworkAccessManager {
      protected override createRequest(...args: Parameters<NetworkAccessManager['createRequest']>) {
        seen.push(args[1].json);
        return super.createRequest(...args);
      }
    }
    const watching = new Watching({ baseUrl: origin });
    expect((await echoOf(watching.post(request))).body).toBe('{"text":"ä"}');
    expect(seen).toEqual([request.json]);
    await watching.close();
  });
});

describe('searchParams', () => {
  test('are added to what is there', async () => {
    const { url } = await echoOf(manager.get({ url: 'a?b=c#d', searchParams: { q: 'x y', n: [1, 2] } }));
    expect(url).toBe('/api/a?b=c&q=x+y&n=1&n=2');
  });
});

describe('baseUrl', () => {
  test('is what all doors are relative to', async () => {
    expect((await echoOf(manager.get('a/b'))).url).toBe('/api/a/b');
    const response = await manager.fetch('a/b', { method: 'POST', body: 'x' });
    expect(await response.json()).toMatchObject({ method: 'POST', url: '/api/a/b' });
    expect((await echoOf(manager.get({ url: 'a', baseUrl: `${origin}/other` }))).url).toBe('/other/a');
    expect((await echoOf(manager.get({ url: `${origin}/x`, baseUrl: null }))).url).toBe('/x');
  });

  test('is left through none of them', async () => {
    const outside = `${origin}/elsewhere`;
    const other = origin.replace('127.0.0.1', 'localhost');
    for (const url of [outside, other, '//localhost/api/', '../elsewhere', '/elsewhere', 'data:,x']) {
      expect(() => manager.get(url)).toThrow('is outside of the baseUrl');
      await expect(manager.fetch(url)).rejects.toThrow('is outside of the baseUrl');
      await expect(manager.fetch(new Request(new URL(url, origin)))).rejects.toThrow('is outside of');
    }
    manager.allowAbsoluteUrls = true;
    expect((await echoOf(manager.get(outside))).url).toBe('/elsewhere');
    expect((await manager.fetch('data:,x')).status).toBe(200);
  });

  test('says nothing of hosts that are connected to', async () => {
    await manager.connectToHost('127.0.0.1', Number(new URL(origin).port)).completed;
  });

  test('is judged when it is set', () => {
    expect(() => new NetworkAccessManager({ baseUrl: '/api' })).toThrow(/baseUrl|not absolute/);
    expect(() => {
      manager.baseUrl = 'mailto:a@b.test';
    }).toThrow("option 'baseUrl'");
    expect(String(manager.baseUrl)).toBe(`${origin}/api/`);
  });
});

describe('ok', () => {
  test.each([
    [200, true],
    [204, true],
    [299, true],
    [304, false],
    [404, false],
    [500, false],
  ])('for %i it is %s', async (status, isOk) => {
    const reply = manager.get({ url: `${origin}/status/${status}`, baseUrl: null, throwHttpErrors: false });
    await reply.completed;
    expect(reply.ok).toBe(isOk);
  });

  test('of a redirect that is not followed it is false', async () => {
    const reply = manager.get({ url: `${origin}/status/302`, baseUrl: null, redirectPolicy: 'manual' });
    await reply.completed;
    expect(reply.ok).toBe(false);
  });

  test('follows from the end where there is no status', async () => {
    const manager = new NetworkAccessManager();
    const [there, missing, refused] = [
      manager.get('data:,x'),
      manager.get('file:///nowhere/at/all'),
      manager.get('http://127.0.0.1:1/'),
    ];
    await Promise.allSettled([there.completed, missing.completed, refused.completed]);
    expect([there.ok, missing.ok, refused.ok]).toEqual([true, false, false]);
    await manager.close();
  });
});

describe('an answer that is looked for too early', () => {
  const program = `
    import { NetworkAccessManager } from './platform/node/index.ts';
    const manager = new NetworkAccessManager();
    const reply = await manager.get('data:,x');
    console.log(reply, JSON.stringify(reply));
    console.log('ok', reply[process.argv[1]], reply[process.argv[1]]);
    await reply.completed;
    console.log('then', reply[process.argv[1]]);
    await manager.close();`;
  const run = (name: string, NODE_ENV: string) =>
    spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, name], {
      cwd: join(import.meta.dirname, '../..'),
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV },
    });

  test.each(['status', 'ok'])(
    '%s tells it, once',
    (name) => {
      const { stdout, stderr } = run(name, 'development');
      expect(stdout).toContain('then');
      expect(stderr.split(`reply.${name} was read before there is an answer`)).toHaveLength(2);
      expect(stderr).toContain('reply.completed');
      // Where it was read.
      expect(stderr).toContain('[eval1]');
    },
    60_000,
  );

  test('is not told in production', () => {
    expect(run('ok', 'production').stderr).toBe('');
  }, 60_000);
});
