import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileScheme } from '../../platform/node/file-scheme.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import { NetworkError } from '../../src/error.ts';
import {
  GIVEN_UP,
  RecordingSink,
  readAll,
  textBody,
  texts,
  UploadSource,
  until,
} from '../suites/transport/harness.ts';
import { makeExchange, makeRequest } from '../support/fixtures.ts';

/** Where Linux lists what is open. */
const DESCRIPTORS = '/proc/self/fd';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-file-'));
});
afterEach(() => rm(directory, { recursive: true }));

const inside = (name: string): string => path.join(directory, name);
const urlOf = (name: string): string => pathToFileURL(inside(name)).href;

async function send(url: string, init: Parameters<typeof makeRequest>[0] = {}): Promise<HttpResponse> {
  return (await fileScheme.open(makeRequest({ ...init, url }), makeExchange().exchange)) as HttpResponse;
}

async function failureOf(url: string, init: Parameters<typeof makeRequest>[0] = {}): Promise<NetworkError> {
  const error = await send(url, init).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NetworkError);
  return error as NetworkError;
}

describe('GET', () => {
  test('a file: 200 OK, its length and time, its bytes', async () => {
    await writeFile(inside('a.txt'), 'contents');
    await utimes(inside('a.txt'), 0, new Date('2024-05-06T07:08:09Z'));
    const response = await send(urlOf('a.txt'));
    expect([response.status, response.reason]).toEqual([200, 'OK']);
    expect([...response.headers]).toEqual([
      ['content-length', '8'],
      ['last-modified', 'Mon, 06 May 2024 07:08:09 GMT'],
    ]);
    expect((await readAll(response)).text).toBe('contents');
  });

  test.each([
    ['with spaces and ä %', 'a ä %.txt'],
    ['with a hash and a question mark', 'a#b?c.txt'],
    ['with a percent sign that is no escape', '100%41.txt'],
  ])('a name %s', async (_name, name) => {
    await writeFile(inside(name), name);
    expect((await readAll(await send(urlOf(name)))).text).toBe(name);
  });

  test('query and fragment are not part of the name, localhost is this host', async () => {
    await writeFile(inside('a.txt'), 'contents');
    const url = `${urlOf('a.txt').replace('file://', 'file://localhost')}?query#fragment`;
    expect((await readAll(await send(url))).text).toBe('contents');
  });

  test('a large file in pieces, an empty one in none', async () => {
    const bytes = Buffer.alloc(1_000_001, 'fairlead');
    await writeFile(inside('large'), bytes);
    await writeFile(inside('empty'), '');
    const large = await readAll(await send(urlOf('large')));
    expect(Buffer.from(large.bytes).equals(bytes)).toBe(true);
    expect(large.chunks.length).toBeGreaterThan(10);
    const empty = await readAll(await send(urlOf('empty')));
    expect([empty.length, empty.ends]).toEqual([0, 1]);
  });

  test('pause stops reading, resume goes on', async () => {
    await writeFile(inside('large'), Buffer.alloc(1_000_000));
    const { body } = await send(urlOf('large'));
    const sink = new RecordingSink();
    const flowing = sink.nextData();
    body.start(sink);
    await flowing;
    body.pause();
    // Time enough for the file to be read, if it was.
    for (let i = 0; i < 20; i++) await readFile(inside('large'));
    expect(sink.length).toBeLessThan(200_000);
    body.resume();
    expect((await sink.over).length).toBe(1_000_000);
  });

  test('HEAD has the fields and no body', async () => {
    await writeFile(inside('a.txt'), 'contents');
    const response = await send(urlOf('a.txt'), { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('8');
    expect((await readAll(response)).length).toBe(0);
  });

  test.skipIf(!existsSync(DESCRIPTORS))('files are closed: at the end, on HEAD, on cancel', async () => {
    await writeFile(inside('a.txt'), Buffer.alloc(500_000));
    const open = async (): Promise<number> => {
      const names = await readdir(DESCRIPTORS);
      const targets = await Promise.all(
        names.map((name) => readlink(path.join(DESCRIPTORS, name)).catch(() => '')),
      );
      return targets.filter((target) => target === inside('a.txt')).length;
    };
    await readAll(await send(urlOf('a.txt')));
    await send(urlOf('a.txt'), { method: 'HEAD' });
    const { body } = await send(urlOf('a.txt'));
    expect(await open()).toBe(1);
    body.cancel(GIVEN_UP);
    await expect.poll(open).toBe(0);
  });
});

describe('PUT', () => {
  test('creates a file, and truncates one that is there', async () => {
    for (const text of ['first and longer', 'second']) {
      const response = await send(urlOf('new.txt'), { method: 'PUT', body: textBody(text) });
      expect([response.status, (await readAll(response)).length]).toEqual([200, 0]);
      expect(await readFile(inside('new.txt'), 'utf8')).toBe(text);
    }
  });

  test('streams, in order, and tells its progress', async () => {
    const request = makeRequest({
      url: urlOf('new.txt'),
      method: 'PUT',
      body: new UploadSource(texts('one', 'two', 'three')),
    });
    const { exchange, events } = makeExchange();
    await fileScheme.open(request, exchange);
    expect(await readFile(inside('new.txt'), 'utf8')).toBe('onetwothree');
    expect(events.at(-1)).toEqual({ type: 'upload-progress', sent: 11, total: -1 });
  });

  test('a large body', async () => {
    const piece = Buffer.alloc(100_000, 'fairlead');
    const body = new UploadSource(() => new Array<Uint8Array>(50).fill(piece), 5_000_000);
    await send(urlOf('large'), { method: 'PUT', body });
    expect((await stat(inside('large'))).size).toBe(5_000_000);
  });

  test('cancellation ends it and closes its source', async () => {
    const body = new UploadSource(async function* () {
      for (;;) {
        yield Buffer.from('more ');
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    const { exchange } = makeExchange();
    const response = fileScheme.open(makeRequest({ url: urlOf('new.txt'), method: 'PUT', body }), exchange);
    await until(() => body.pulled > 20);
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    await until(() => body.closed);
  });

  test('a source that fails ends it', async () => {
    const body = new UploadSource(function* () {
      yield Buffer.from('x');
      throw new Error('no more');
    });
    expect((await failureOf(urlOf('new.txt'), { method: 'PUT', body })).message).toContain('no more');
  });
});

describe('refused', () => {
  test.each([
    ['another host', 'file://example.com/etc/hosts', 'protocol-invalid-operation'],
    ['a NUL', 'file:///etc/hosts%00.txt', 'protocol-invalid-operation'],
    ['an escaped separator', 'file:///etc%2Fhosts', 'protocol-invalid-operation'],
    ['a bad escape', 'file:///etc/%ff%zz', 'protocol-invalid-operation'],
    ['what is missing', 'file:///nonexistent/file', 'content-not-found'],
    ['what is below a file', 'file:///etc/hosts/file', 'content-not-found'],
    ['a directory', 'file:///etc', 'content-operation-not-permitted'],
    ['a device', 'file:///dev/zero', 'content-operation-not-permitted'],
  ])('%s', async (_name, url, code) => {
    for (const method of ['GET', 'HEAD']) expect((await failureOf(url, { method })).code).toBe(code);
  });

  test.each(['POST', 'DELETE', 'PATCH'])('the verb %s', async (method) => {
    expect((await failureOf(urlOf('a.txt'), { method })).code).toBe('protocol-unknown');
  });

  test('a FIFO, at once', async () => {
    execFileSync('mkfifo', [inside('fifo')]);
    expect((await failureOf(urlOf('fifo'))).code).toBe('content-operation-not-permitted');
  });

  test('PUT into a directory that is missing, and onto a directory', async () => {
    const init = { method: 'PUT', body: textBody('x') };
    expect((await failureOf(urlOf('missing/file'), init)).code).toBe('content-not-found');
    expect((await failureOf(pathToFileURL(directory).href, init)).code).toBe(
      'content-operation-not-permitted',
    );
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    await writeFile(inside('secret'), '');
    await chmod(inside('secret'), 0);
    expect((await failureOf(urlOf('secret'))).code).toBe('content-access-denied');
  });
});
