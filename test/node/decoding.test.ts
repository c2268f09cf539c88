import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const text = 'Hamburgefonts, '.repeat(1000);
const gzip = gzipSync(text);
const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024));

/** Route → status, body and fields. */
const ANSWERS: Record<string, [number, Uint8Array | null, Record<string, string>]> = {
  length: [200, gzip, { 'content-length': String(gzip.length) }],
  chunked: [200, gzip, {}],
  missing: [404, gzip, {}],
  empty: [200, null, {}],
  'no-bytes': [200, null, { 'content-length': '0' }],
  broken: [200, Buffer.from('no gzip at all'), {}],
  truncated: [200, gzip.subarray(0, -20), {}],
  'no-trailer': [200, gzip.subarray(0, -8), {}],
  'half-a-trailer': [200, gzip.subarray(0, -4), { 'content-length': String(gzip.length - 4) }],
  bomb: [200, bomb, {}],
  part: [206, gzip.subarray(0, 10), { 'content-range': `bytes 0-9/${gzip.length}` }],
  thrice: [200, gzip, { 'content-encoding': 'gzip, gzip, gzip' }],
};

const routes = Object.fromEntries(
  Object.entries(ANSWERS).map(([name, [status, body, fields]]): [string, Route] => [
    name,
    ({ request, response }) => {
      const asked = { 'x-asked': request.headers['accept-encoding'] ?? 'nothing' };
      response.writeHead(status, { 'content-encoding': 'gzip', ...asked, ...fields }).end(body);
    },
  ]),
);

let server: TestServer;
let manager: NetworkAccessManager;
beforeAll(async () => {
  server = await startServer({ routes });
});
afterAll(() => server.close());
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

const get = (name: string, rest: object = {}) => manager.get({ url: `${server.origin}/${name}`, ...rest });

describe('an encoded body', () => {
  test.each<[string, string, number]>([
    ['of known length', 'length', gzip.length],
    ['in chunks', 'chunked', -1],
  ])('%s is decoded; its length on the wire is kept', async (_name, route, length) => {
    const reply = get(route);
    expect(await reply.text()).toBe(text);
    expect([reply.originalContentLength, reply.headers.get('content-length')]).toEqual([length, null]);
    expect(reply.headers.get('content-encoding')).toBe('gzip');
    expect(reply.headers.get('x-asked')).toMatch(/br, gzip, deflate$/);
  });

  test('of an error is decoded, too', async () => {
    const reply = get('missing', { throwHttpErrors: false });
    expect([await reply.text(), reply.error?.code]).toEqual([text, 'content-not-found']);
  });

  test.each(['no-trailer', 'half-a-trailer'])('that HTTP calls whole may lack its end: %s', async (route) => {
    expect(await get(route).text()).toBe(text);
  });

  test.each(['empty', 'no-bytes'])('without a byte is no error: %s', async (route) => {
    expect(await get(route).text()).toBe('');
  });

  test('of a HEAD is none, and its length is that of the field', async () => {
    const reply = manager.head(`${server.origin}/length`);
    expect(await reply.text()).toBe('');
    expect(reply.headers.get('content-length')).toBe(String(gzip.length));
  });

  test.each(['broken', 'truncated', 'bomb', 'thrice'])('is unknown-content, once: %s', async (route) => {
    const reply = get(route);
    const errors: string[] = [];
    reply.on('errorOccurred', (error) => errors.push(error.code));
    await expect(reply.bytes()).rejects.toMatchObject({ code: 'unknown-content' });
    await reply.completed.catch(() => {});
    expect(errors).toEqual(['unknown-content']);
  });

  test('that grows says which option allows it and where that is explained, to both APIs', async () => {
    const message = /decompressedSafetyCheckThreshold.*"Bodies that are too large" in docs\/recipes\.md/;
    const reply = get('bomb');
    await expect(reply.bytes()).rejects.toThrow(message);
    const response = await get('bomb').response;
    await expect(response.bytes()).rejects.toMatchObject({
      cause: { message: expect.stringMatching(message) },
    });
    expect(await readFile('docs/recipes.md', 'utf8')).toContain('## Bodies that are too large');
  });

  test('that grows may do so when the check is off', async () => {
    const reply = get('bomb', { decompressedSafetyCheckThreshold: -1 });
    expect(await reply.bytes()).toHaveLength(32 * 1024 * 1024);
  });

  test.each<[string, string, Record<string, string>, Uint8Array]>([
    ['the application asked for one itself', 'chunked', { 'accept-encoding': 'gzip' }, gzip],
    ['it is a part', 'part', { range: 'bytes=0-9' }, gzip.subarray(0, 10)],
  ])('stays as it is when %s', async (_name, route, headers, expected) => {
    const reply = get(route, { headers });
    expect(Buffer.from(await reply.bytes()).equals(expected)).toBe(true);
    expect(reply.headers.get('x-asked')).toBe(headers['accept-encoding'] ?? 'identity');
  });
});
