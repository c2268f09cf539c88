import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { CookieJar, NetworkAccessManager } from '../../platform/node/index.ts';
import type { AbstractNetworkCache } from '../../src/cache/storage/abstract-network-cache.ts';
import { MemoryCache } from '../../src/cache/storage/memory-cache.ts';
import type { NetworkRequest } from '../../src/options/options.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** What tells requests to one URL apart, seen from outside: each gets an answer of its own. */
const TEXT = 'a line of text\n'.repeat(2000);

const routes: Readonly<Record<string, Route>> = {
  who: ({ request, response, url }) => {
    const { host, cookie = '-' } = request.headers;
    response.setHeader('cache-control', url.searchParams.get('says') ?? 'max-age=99');
    response.setHeader('set-cookie', 'sid=TOPSECRET; Path=/elsewhere');
    response.setHeader('www-authenticate', 'Negotiate TOPSECRET');
    response.end([host, request.headers['x-api-key'] ?? '-', cookie].join(' '));
  },
  // Compresses, and answers ranges from what is not compressed, without a Vary: nginx with `gzip on`.
  text: ({ request, response }) => {
    response.setHeader('cache-control', 'max-age=60');
    const first = /=(\d+)-/.exec(request.headers.range ?? '')?.[1];
    if (first !== undefined) {
      response.writeHead(206, { 'content-range': `bytes ${first}-${TEXT.length - 1}/${TEXT.length}` });
      response.end(TEXT.slice(Number(first)));
    } else if (/gzip/.test(String(request.headers['accept-encoding']))) {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT));
    } else response.end(TEXT);
  },
};

let server: TestServer;
let directory: string;
let cache: AbstractNetworkCache;
let manager: NetworkAccessManager;

async function answer(request: Omit<NetworkRequest, 'url'> & { readonly url?: string } = {}) {
  const reply = manager.get({ ...request, url: `${server.origin}${request.url ?? '/who'}` });
  return [await reply.text(), reply.source];
}

const authority = new CertificateAuthority();

describe.each<[string, () => AbstractNetworkCache]>([
  ['MemoryCache', () => new MemoryCache()],
  ['DiskCache', () => new DiskCache({ directory })],
])('with a %s', (_name, open) => {
  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'fairlead-identity-'));
    server = await startServer({ routes });
    cache = open();
    manager = new NetworkAccessManager({ cache });
  });
  afterEach(async () => {
    await manager.close();
    await cache.close();
    await server.close();
    rmSync(directory, { recursive: true });
  });

  test('a Host of the caller is a part of the key', async () => {
    const evil = { headers: { host: 'evil.test' } };
    const host = new URL(server.origin).host;
    expect(await answer(evil)).toEqual(['evil.test - -', 'network']);
    expect(await answer()).toEqual([`${host} - -`, 'network']);
    expect(await answer(evil)).toEqual(['evil.test - -', 'cache']);
    expect(await answer({ headers: { host } })).toEqual([`${host} - -`, 'cache']);
  });

  test('fields that are secret are, too', async () => {
    const host = new URL(server.origin).host;
    const of = (key: string) => ({ headers: { 'X-Api-Key': key }, secretHeaders: ['x-api-key'] });
    expect(await answer(of('ALICE'))).toEqual([`${host} ALICE -`, 'network']);
    expect(await answer(of('BOB'))).toEqual([`${host} BOB -`, 'network']);
    expect(await answer()).toEqual([`${host} - -`, 'network']);
    expect(await answer(of('ALICE'))).toEqual([`${host} ALICE -`, 'cache']);
  });

  test.each(['private, max-age=99', 'max-age=99, private="x-user"', 'max-age=99, "private'])(
    'and the cookies of the jar for what says %s',
    async (says) => {
      const url = `/who?says=${encodeURIComponent(says)}`;
      const host = new URL(server.origin).host;
      const login = (name: string): void => {
        manager.cookieJar = new CookieJar();
        (manager.cookieJar as CookieJar).setCookie(`sid=${name}`, server.origin);
      };
      login('ALICE');
      expect(await answer({ url })).toEqual([`${host} - sid=ALICE`, 'network']);
      login('BOB');
      expect(await answer({ url })).toEqual([`${host} - sid=BOB`, 'network']);
      manager.cookieJar = null;
      expect(await answer({ url })).toEqual([`${host} - -`, 'network']);
      login('ALICE');
      expect(await answer({ url })).toEqual([`${host} - sid=ALICE`, 'cache']);
    },
  );

  test('a coding that the request rules out is not used, for slices and wholes', async () => {
    expect(await answer({ url: '/text' })).toEqual([TEXT, 'network']);
    for (const first of [5, 20_000]) {
      const headers = { range: `bytes=${first}-` };
      expect((await answer({ url: '/text', headers }))[0]).toBe(TEXT.slice(first));
    }
    const headers = { 'accept-encoding': 'identity' };
    expect(await answer({ url: '/text', headers })).toEqual([TEXT, 'network']);
    expect(await answer({ url: '/text' })).toEqual([TEXT, 'cache']);
    expect(await answer({ url: '/text', headers })).toEqual([TEXT, 'cache']);
  });

  test('what belongs to one exchange is neither stored nor shown again', async () => {
    const { origin } = server;
    const first = await manager.get(`${origin}/who`).completed;
    expect(first.headers.getSetCookie()).toHaveLength(1);
    const hit = await manager.get(`${origin}/who`).completed;
    expect([hit.source, hit.headers.getSetCookie(), hit.headers.get('www-authenticate')]).toEqual([
      'cache',
      [],
      null,
    ]);
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    for (const file of files) {
      expect(readFileSync(path.join(file.parentPath, file.name)).includes('TOPSECRET')).toBe(false);
    }
  });
});

test('what one authority has vouched for is not given to who trusts another', async () => {
  const secure = await startServer({ identity: authority.issue(), routes });
  const url = `${secure.origin}/who`;
  const shared = new NetworkAccessManager({ cache: new MemoryCache() });
  const trusting = { url, tls: { ca: authority.certificate } };
  await shared.get(trusting).text();
  await expect(shared.get(url).text()).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
  const strict = { url, tls: { ...trusting.tls, minVersion: 'TLSv1.3' } } as const;
  const replies = [shared.get(strict), shared.get({ url, tls: { ca: [authority.certificate] } })];
  await Promise.all(replies.map((reply) => reply.text()));
  expect(replies.map(({ source }) => source)).toEqual(['network', 'cache']);
  await shared.close();
  await secure.close();
});
