import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { download as downloadOfPage, type WritableFileHandle } from '../../platform/browser/download.ts';
import { type DownloadOptions, download } from '../../platform/node/extras.ts';
import { MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import { until } from '../suites/transport/harness.ts';
import { Cleanup, serveNth } from '../support/listening.ts';

const cleanup = new Cleanup();
const root = mkdtempSync(join(tmpdir(), 'download-'));
afterAll(() => rmSync(root, { recursive: true }));
const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));
const sha = (bytes: Uint8Array, form: 'hex' | 'base64' = 'base64'): string =>
  createHash('sha256').update(bytes).digest(form);

let directory: string;
let to: string;
let manager: NetworkAccessManager;
beforeEach(() => {
  directory = mkdtempSync(join(root, 'one-'));
  to = join(directory, 'file');
  manager = new NetworkAccessManager();
  cleanup.add(() => manager.close());
});

interface Served {
  readonly body?: Uint8Array;
  readonly etag?: string | null;
  /** Bytes after which the connection is lost, for each request; Infinity: none. */
  readonly cut?: (nth: number) => number;
  readonly headers?: Record<string, string>;
}
const asked: (string | undefined)[] = [];

/** A server that knows ranges and If-Range, and loses connections as it is told. */
function serve(versions: (nth: number) => Served): Promise<string> {
  asked.length = 0;
  return serveNth(cleanup, (request, response, nth) => {
    asked.push(request.headers.range);
    answer(request, response, nth, versions(nth));
  });
}

function answer(request: IncomingMessage, response: ServerResponse, nth: number, served: Served): void {
  const { body = content, etag = '"v1"', cut = () => Number.POSITIVE_INFINITY, headers = {} } = served;
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const holds = etag !== null && request.headers['if-range'] === etag;
  const first = range !== null && holds ? Number(range[1]) : 0;
  const end = range !== null && holds && range[2] !== '' ? Number(range[2]) + 1 : body.length;
  const rest = body.subarray(first, end);
  const known = { 'content-length': rest.length, ...(etag === null ? {} : { etag }), ...headers };
  if (range !== null && holds)
    response.writeHead(206, {
      'content-range': `bytes ${first}-${end - 1}/${body.length}`,
      ...known,
    });
  else response.writeHead(200, known);
  const lost = cut(nth);
  if (lost >= rest.length) response.end(rest);
  else response.write(rest.subarray(0, lost), () => response.destroy());
}

const start = (url: string, options: Partial<DownloadOptions> = {}) =>
  download(manager, url, { to, ...options });
const left = (): string[] => readdirSync(directory);
/** Where that can be seen. */
const openFiles = (): string[] =>
  existsSync('/proc/self/fd')
    ? readdirSync('/proc/self/fd').flatMap((name) => {
        try {
          return [readlinkSync(`/proc/self/fd/${name}`)];
        } catch {
          return [];
        }
      })
    : [];

describe('a download', () => {
  test('is a file when all of it is there, and tells how it goes', async () => {
    const reply = start(await serve(() => ({})), { to: pathToFileURL(to) });
    const told: [number, number][] = [];
    reply.on('downloadProgress', (received, total) => told.push([received, total]));
    const saved = await reply.saved;
    expect(saved).toEqual({ path: to, bytes: 300_000, resumed: false, digest: `sha-256=:${sha(content)}:` });
    expect(readFileSync(to).equals(content)).toBe(true);
    await reply.completed;
    expect([reply.status, reply.error, told.at(-1)]).toEqual([200, null, [300_000, 300_000]]);
    expect(reply.timings!.responseEnd).toBeGreaterThan(reply.timings!.requestSent);
    expect(left()).toEqual(['file']);
  });

  test('of a scheme without statuses is a file, too', async () => {
    manager.schemes = { app: { open: () => manager.fetch('data:,of here') } };
    expect(await start('data:text/plain,all', { to }).saved).toMatchObject({ path: to, bytes: 3 });
    expect(await start('app:here', { to, overwrite: true }).saved).toMatchObject({ bytes: 7 });
    expect(readFileSync(to, 'utf8')).toBe('of here');
  });

  test('is continued when the connection is lost, as often as that brings something', async () => {
    const reply = start(await serve(() => ({ cut: (nth) => (nth < 4 ? 50_000 : Number.POSITIVE_INFINITY) })));
    const told: number[] = [];
    reply.on('downloadProgress', (received) => told.push(received));
    const { bytes, resumed } = await reply.saved;
    expect([bytes, resumed, reply.attempts]).toEqual([300_000, true, 5]);
    expect(readFileSync(to).equals(content)).toBe(true);
    expect(asked[0]).toBeUndefined();
    expect(asked.slice(1).every((range) => /^bytes=\d+-$/.test(range!))).toBe(true);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(300_000);
  });

  test('is continued where an earlier call has ended, and its progress counts what is there', async () => {
    const url = await serve((nth) => ({ cut: () => (nth === 0 ? 100_000 : 0) }));
    await expect(start(url).saved).rejects.toMatchObject({ code: 'remote-host-closed' });
    expect(left().sort()).toEqual(['file.fairlead-journal', 'file.fairlead-part']);
    expect(readFileSync(`${to}.fairlead-journal`, 'utf8')).not.toContain('127.0.0.1');

    const there = readFileSync(`${to}.fairlead-part`).length;
    const again = await serve(() => ({}));
    // Another port is another resource: nothing of it is believed.
    expect(await start(again, { to: `${to}2` }).saved).toMatchObject({ resumed: false });
    expect(there).toBeGreaterThan(0);
  });

  test.each([
    ['the same', content, '"v1"', true],
    ['another one of the same size', Buffer.from(content).reverse(), '"v2"', false],
    ['a shorter one', content.subarray(0, 10), '"v2"', false],
  ])('begun by an earlier call: what the server has now is %s', async (_, body, etag, resumed) => {
    const url = await serve((nth) => (nth < 6 ? { cut: () => (nth === 0 ? 100_000 : 0) } : { body, etag }));
    await start(url).saved.catch(() => {});
    while (asked.length < 6) await manager.get(url).completed.catch(() => {});
    const saved = await start(url).saved;
    expect(saved).toMatchObject({ bytes: body.length, resumed });
    expect(readFileSync(to).equals(body)).toBe(true);
    expect(asked.at(-1)).toMatch(/^bytes=\d+-$/);
    expect(left()).toEqual(['file']);
  });

  test('a resource that changes in the middle is begun anew', async () => {
    const other = Buffer.from(content).reverse();
    const reply = start(
      await serve((nth) => (nth === 0 ? { cut: () => 100_000 } : { body: other, etag: '"v2"' })),
    );
    expect(await reply.saved).toMatchObject({ bytes: 300_000, resumed: false });
    expect(readFileSync(to).equals(other)).toBe(true);
  });

  test.each<[string, Record<string, string>]>([
    ['of another place', { 'content-range': 'bytes 7-299999/300000' }],
    ['of another size', { 'content-range': 'bytes 0-4/5' }],
    ['under another validator', { etag: '"v9"' }],
    ['that says nothing', { 'content-range': '' }],
  ])('a part %s is not believed', async (_, headers) => {
    const url = await serveNth(cleanup, (request, response, nth) => {
      if (nth === 1) {
        const range = { 'content-range': `bytes ${/\d+/.exec(request.headers.range!)![0]}-299999/300000` };
        response.writeHead(206, { etag: '"v1"', ...range, ...headers }).end('wrong');
      } else answer(request, response, nth, { cut: () => (nth === 0 ? 100_000 : Number.POSITIVE_INFINITY) });
    });
    await start(url).saved;
    expect(readFileSync(to).equals(content)).toBe(true);
  });

  test('without a strong validator a lost connection is a failure, and nothing is left', async () => {
    for (const served of [{ etag: null }, { etag: 'W/"v1"' }]) {
      const reply = start(await serve(() => ({ ...served, cut: () => 100_000 })));
      await expect(reply.saved).rejects.toMatchObject({ code: 'remote-host-closed' });
      expect([asked.length, left()]).toEqual([1, []]);
    }
  });

  test('an old Last-Modified is a strong validator, a recent one is not', async () => {
    const date = new Date().toUTCString();
    const cut = (nth: number): number => (nth === 0 ? 100_000 : Number.POSITIVE_INFINITY);
    const recent = start(await serve(() => ({ etag: null, cut, headers: { 'last-modified': date } })));
    await expect(recent.saved).rejects.toMatchObject({ code: 'remote-host-closed' });
    const old = { 'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT' };
    const url = await serve(() => ({ etag: null, cut, headers: old }));
    await start(url).saved;
    expect(readFileSync(to).equals(content)).toBe(true);
    expect(asked.length).toBe(2);
  });

  test('that stalls is continued when a timeout has ended the attempt; total ends all', async () => {
    const url = await serveNth(cleanup, (request, response, nth) => {
      if (nth > 0) answer(request, response, nth, {});
      else
        response
          .writeHead(200, { etag: '"v1"', 'content-length': 300_000 })
          .write(content.subarray(0, 100_000));
    });
    await download(manager, { url, transferTimeout: 100 }, { to }).saved;
    expect(readFileSync(to).equals(content)).toBe(true);

    const mute = await serveNth(cleanup, (_, response, nth) => {
      if (nth > 0) return;
      response.writeHead(200, { etag: '"v1"', 'content-length': 300_000 }).write('x');
    });
    const reply = download(manager, { url: mute, timeouts: { total: 300, idle: 50 } }, { to: `${to}2` });
    await expect(reply.saved).rejects.toMatchObject({
      message: expect.stringMatching(/the timeout 'total' is 300 ms \(so far: .*before .* ms/),
      timeout: { name: 'total' },
    });
    await reply.completed.catch(() => {});
    expect(reply.error).toMatchObject({ code: 'timeout' });
  });

  test('is given up, and goes on another time', async () => {
    let isCut = true;
    const url = await serveNth(cleanup, (request, response, nth) => {
      if (!isCut) answer(request, response, nth, {});
      else
        response
          .writeHead(200, { etag: '"v1"', 'content-length': 300_000 })
          .write(content.subarray(0, 100_000));
    });
    const reply = start(url);
    const part = `${to}.fairlead-part`;
    await until(() => existsSync(part) && readFileSync(part).length > 0);
    reply.abort();
    await expect(reply.saved).rejects.toMatchObject({ code: 'operation-canceled' });
    expect(left().length).toBe(2);
    isCut = false;
    expect(await start(url).saved).toMatchObject({ resumed: true, bytes: 300_000 });
    expect(readFileSync(to).equals(content)).toBe(true);
  });

  test('is given up where it cannot be noted: nothing is left, and no file open', async () => {
    const url = await serveNth(cleanup, (_request, response) =>
      response
        .writeHead(200, { etag: '"v1"', 'content-length': 300_000 })
        .write(content.subarray(0, 100_000)),
    );
    const reply = start(url);
    const part = `${to}.fairlead-part`;
    await until(() => existsSync(part) && readFileSync(part).length > 0);
    mkdirSync(`${to}.fairlead-journal~`);
    reply.abort();
    await expect(reply.saved).rejects.toMatchObject({ code: 'operation-canceled' });
    expect(left()).toEqual(['file.fairlead-journal~']);
    expect(openFiles().filter((name) => name.startsWith(directory))).toEqual([]);
  });

  test('leaves the part of another process, which has begun it anew, alone', async () => {
    const held: ServerResponse[] = [];
    const url = await serveNth(cleanup, (_request, response) => {
      held.push(response);
      response.writeHead(200, { 'content-length': 300_000 }).write(content.subarray(0, 100_000));
    });
    // By another name of the directory, as this process refuses the same one.
    const other = join(root, `other-of-${basename(directory)}`);
    symlinkSync(directory, other);
    const part = `${to}.fairlead-part`;
    const hasBegun = (nth: number) => () =>
      held.length === nth && existsSync(part) && readFileSync(part).length > 0;
    const first = start(url);
    await until(hasBegun(1));
    const second = start(url, { to: join(other, 'file') });
    await until(hasBegun(2));
    held[0]!.end(content.subarray(100_000));
    await expect(first.saved).rejects.toMatchObject({
      code: 'content-conflict',
      message: expect.stringContaining('another process'),
    });
    await first.completed.catch(() => {});
    expect(left()).toEqual(['file.fairlead-part']);
    held[1]!.end(content.subarray(100_000));
    await second.saved;
    expect(readFileSync(to).equals(content)).toBe(true);
    expect(left()).toEqual(['file']);
  });

  test('that is refused leaves what an earlier one has left', async () => {
    const url = await serve((nth) => ({ cut: () => (nth === 0 ? 100_000 : 0) }));
    await expect(start(url).saved).rejects.toThrow();
    writeFileSync(to, 'old');
    const before = left();
    await expect(start(url).saved).rejects.toMatchObject({ code: 'content-conflict' });
    expect([before.length, left()]).toEqual([3, before]);
  });

  test('keeps nothing with resume: false', async () => {
    const reply = start(await serve(() => ({ cut: () => 100_000 })), { resume: false });
    await expect(reply.saved).rejects.toMatchObject({ code: 'remote-host-closed' });
    expect(left()).toEqual([]);
  });
});

describe('in segments', () => {
  const ranges = { 'accept-ranges': 'bytes' };

  test('pieces are asked for beside each other, and come in their order', async () => {
    const reply = start(await serve(() => ({ headers: ranges })), { segments: 4 });
    const told: number[] = [];
    reply.on('downloadProgress', (received) => told.push(received));
    const { bytes, resumed, digest } = await reply.saved;
    expect([bytes, resumed, digest]).toEqual([300_000, false, `sha-256=:${sha(content)}:`]);
    expect(readFileSync(to).equals(content)).toBe(true);
    expect(asked).toEqual([undefined, 'bytes=75000-149999', 'bytes=150000-224999', 'bytes=225000-299999']);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect([told.at(-1), reply.attempts, reply.status]).toEqual([300_000, 1, 200]);
  });

  test.each<[string, Served]>([
    ['without a strong validator', { etag: 'W/"v1"', headers: ranges }],
    ['of a server that says nothing of ranges', {}],
  ])('%s it comes in one', async (_, served) => {
    await start(await serve(() => served), { segments: 4 }).saved;
    expect(readFileSync(to).equals(content)).toBe(true);
    expect(asked).toEqual([undefined]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['an error', (response) => response.writeHead(503).end('too many')],
    ['all of it', (response) => response.writeHead(200, { etag: '"v1"' }).end(content)],
    [
      'another piece',
      (response) => {
        const fields = { etag: '"v1"', 'content-range': 'bytes 0-74999/300000' };
        response.writeHead(206, fields).end(content.subarray(0, 75_000));
      },
    ],
  ])('a server that answers a request for a piece with %s is asked for the rest in one', async (_, wrong) => {
    asked.length = 0;
    const url = await serveNth(cleanup, (request, response, nth) => {
      asked.push(request.headers.range);
      if (/-\d+$/.test(request.headers.range ?? '')) wrong(response);
      else answer(request, response, nth, { headers: ranges });
    });
    const { resumed } = await start(url, { segments: 4 }).saved;
    expect(resumed).toBe(true);
    expect(readFileSync(to).equals(content)).toBe(true);
    expect(asked.at(-1)).toMatch(/^bytes=\d+-$/);
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  test('a resource that changes in the middle is begun anew', async () => {
    const changed = Buffer.from(content).reverse();
    const url = await serve((nth) =>
      nth < 2 ? { headers: ranges } : { body: changed, etag: '"v2"', headers: ranges },
    );
    await start(url, { segments: 4 }).saved;
    expect(readFileSync(to).equals(changed)).toBe(true);
  });

  test('is given up, with every request', async () => {
    let open = 0;
    const url = await serveNth(cleanup, (request, response) => {
      open++;
      response.on('close', () => open--);
      const [, first, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const part = { 'content-range': `bytes ${first}-${end}/300000`, 'content-length': 75_000 };
      const whole = { 'content-length': 300_000, ...ranges };
      response.writeHead(first === undefined ? 200 : 206, {
        etag: '"v1"',
        ...(first === undefined ? whole : part),
      });
      response.write('x');
    });
    const reply = start(url, { segments: 4 });
    await until(() => open === 4);
    reply.abort();
    await expect(reply.saved).rejects.toMatchObject({ code: 'operation-canceled' });
    await until(() => open === 0);
  });
});

describe('digests', () => {
  const right = `sha-256=:${sha(content)}:`;
  const wrong = `sha-256=:${sha(Buffer.from('x'))}:`;
  test.each<[string, Record<string, string>, string | undefined, boolean]>([
    ['Repr-Digest, right', { 'repr-digest': right }, undefined, true],
    ['Repr-Digest, wrong', { 'repr-digest': wrong }, undefined, false],
    ['Content-Digest, wrong', { 'content-digest': `unixsum=:AA==:, ${wrong}` }, undefined, false],
    ['one that is not known', { 'repr-digest': 'md5=:AAAA:' }, undefined, true],
    ['given, right', {}, right, true],
    ['given in hex', {}, sha(content, 'hex'), true],
    ['given as of Subresource Integrity', {}, `sha256-${sha(content)}`, true],
    ['given SHA-512', {}, createHash('sha512').update(content).digest('hex'), true],
    ['given, wrong', {}, sha(Buffer.from('x'), 'hex'), false],
  ])('%s', async (_, headers, digest, isRight) => {
    const url = await serve((nth) => ({
      headers,
      cut: () => (nth === 0 ? 100_000 : Number.POSITIVE_INFINITY),
    }));
    const saved = start(url, digest === undefined ? {} : { digest }).saved;
    if (isRight) await saved;
    else await expect(saved).rejects.toMatchObject({ code: 'unknown-content', message: /sha-256/ });
    expect(left()).toEqual(isRight ? ['file'] : []);
  });
});

describe('what cannot be saved', () => {
  test.each<[string, () => Partial<DownloadOptions>, string, RegExp]>([
    [
      'a directory',
      () => {
        mkdirSync(to);
        return {};
      },
      'content-operation-not-permitted',
      /it is a directory/,
    ],
    [
      'a file that is there',
      () => {
        writeFileSync(to, 'old');
        return {};
      },
      'content-conflict',
      /overwrite/,
    ],
    [
      'a link that leads nowhere',
      () => {
        symlinkSync(join(directory, 'nowhere'), to);
        return {};
      },
      'content-conflict',
      /overwrite/,
    ],
    [
      'no directory',
      () => ({ to: join(directory, 'none', 'file') }),
      'content-not-found',
      /there is no directory/,
    ],
    [
      'a file for a directory',
      () => {
        writeFileSync(to, '');
        return { to: join(to, 'x') };
      },
      'content-not-found',
      /ENOTDIR/,
    ],
    ['no name', () => ({ to: join(directory, 'x'.repeat(400)) }), 'content-not-found', /ENAMETOOLONG/],
  ])('%s is told before anything is sent', async (_, prepare, code, message) => {
    const options = prepare();
    const before = left();
    const url = await serve(() => ({}));
    const reply = start(url, options);
    await expect(reply.saved).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    // The request is named, which was for no file.
    await expect(reply.saved).rejects.toThrow(`GET ${url}`);
    await reply.completed.catch(() => {});
    expect([asked.length, left(), reply.error?.code]).toEqual([0, before, code]);
  });

  test('with overwrite a file is replaced at the end, and stays when the download fails', async () => {
    writeFileSync(to, 'old');
    const failing = start(await serve(() => ({ etag: null, cut: () => 5 })), { overwrite: true });
    await expect(failing.saved).rejects.toThrow();
    expect(readFileSync(to, 'utf8')).toBe('old');
    await start(await serve(() => ({})), { overwrite: true }).saved;
    expect(readFileSync(to).equals(content)).toBe(true);
  });

  test('an error status, which leaves nothing', async () => {
    const url = await serveNth(cleanup, (_, response) => response.writeHead(404).end('no'));
    const reply = start(url);
    const message = `GET ${url} was answered 404 Not Found`;
    await expect(reply.saved).rejects.toMatchObject({ code: 'content-not-found', status: 404, message });
    await reply.completed.catch(() => {});
    expect([reply.status, reply.error?.code, left()]).toEqual([404, 'content-not-found', []]);
  });

  test('a second download to the same file at a time', async () => {
    const url = await serve(() => ({}));
    const [first, second] = [start(url), start(url)];
    await expect(second.saved).rejects.toMatchObject({
      message: expect.stringContaining('another download'),
    });
    await first.saved;
    expect(readFileSync(to).equals(content)).toBe(true);
  });

  test('what others have put in the place of the part is not followed', async () => {
    const precious = join(directory, 'precious');
    writeFileSync(precious, 'mine');
    symlinkSync(precious, `${to}.fairlead-part`);
    await start(await serve(() => ({}))).saved;
    expect(readFileSync(precious, 'utf8')).toBe('mine');
    expect(readFileSync(to).equals(content)).toBe(true);
  });

  test('a full disk, or one that fails', async () => {
    if (!existsSync('/dev/full')) return;
    // What a disk says that is full: the part is put on a device that is.
    const target = (await import('../../platform/node/download/file-target.ts')).FileTarget;
    const { write } = target.prototype;
    target.prototype.write = () =>
      Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
    cleanup.add(() => (target.prototype.write = write));
    const reply = start(await serve(() => ({})));
    await expect(reply.saved).rejects.toMatchObject({ message: expect.stringContaining('ENOSPC') });
    expect(left()).toEqual([]);
  });

  test.each<[string, object]>([
    ['no target', {}],
    ['an option that is none', { to: 'x', folow: 1 }],
    ['a digest that is none', { to: 'x', digest: 'sha-1' }],
    ['segments that are none', { to: 'x', segments: 0 }],
    ['too many segments', { to: 'x', segments: 17 }],
    ['segments of what is not continued', { to: 'x', segments: 2, resume: false }],
  ])('%s is a TypeError', (_, options) => {
    expect(() => download(manager, 'http://127.0.0.1:1/', options as never)).toThrow(TypeError);
  });

  test('a request for a range of its own is a TypeError', () => {
    const request = { url: 'http://127.0.0.1:1/', headers: { range: 'bytes=0-1' } };
    expect(() => download(manager, request, { to })).toThrow(TypeError);
  });
});

test('the download of a page goes on, too, where lengths are seen, and gives a Blob', async () => {
  const url = await serve(() => ({
    cut: (nth) => (nth < 3 ? 50_000 : Number.POSITIVE_INFINITY),
    headers: { 'repr-digest': `sha-256=:${sha(content)}:`, 'content-type': 'video/mp4' },
  }));
  const { blob, resumed, digest } = await downloadOfPage(manager, url).saved;
  expect(Buffer.from(await blob.arrayBuffer()).equals(content)).toBe(true);
  expect([resumed, digest, blob.type]).toEqual([true, `sha-256=:${sha(content)}:`, 'video/mp4']);

  const wrong = await serve(() => ({ headers: { 'repr-digest': `sha-256=:${sha(Buffer.from('x'))}:` } }));
  await expect(downloadOfPage(manager, wrong).saved).rejects.toMatchObject({ code: 'unknown-content' });
});

/** A file of a page, as it is when it was closed. */
class FakeHandle implements WritableFileHandle {
  content: Uint8Array<ArrayBuffer> = Uint8Array.of(1);

  async createWritable() {
    const chunks: Uint8Array[] = [];
    return {
      write: async (chunk: Uint8Array) => void chunks.push(chunk.slice()),
      close: async () => {
        this.content = Uint8Array.from(Buffer.concat(chunks));
      },
      abort: async () => {},
    };
  }

  async getFile(): Promise<Blob> {
    return new Blob([this.content]);
  }
}

test.each([
  ['repr-digest', 'sha256', 'sha-256'],
  ['repr-digest', 'sha512', 'sha-512'],
  ['content-digest', 'sha256', 'sha-256'],
])('into a file of a page: the %s of the server, a %s, is checked', async (field, hash, name) => {
  const digest = (bytes: Uint8Array): string => createHash(hash).update(bytes).digest('base64');
  const right = new FakeHandle();
  const url = await serve(() => ({ headers: { [field]: `${name}=:${digest(content)}:` } }));
  const { blob, digest: told } = await downloadOfPage(manager, url, { to: right }).saved;
  expect([blob.size, told]).toEqual([300_000, `${name}=:${digest(content)}:`]);

  const wrong = new FakeHandle();
  const lying = await serve(() => ({ headers: { [field]: `${name}=:${digest(Buffer.from('x'))}:` } }));
  await expect(downloadOfPage(manager, lying, { to: wrong }).saved).rejects.toMatchObject({
    code: 'unknown-content',
    message: expect.stringMatching(/Repr-Digest|Content-Digest/),
  });
  expect(wrong.content.length).toBe(1);
});

test('a cache neither gives a part for the whole, nor keeps a second copy', async () => {
  const cache = new MemoryCache();
  manager.cache = cache;
  const url = await serve((nth) => ({
    cut: () => (nth === 0 ? 100_000 : Number.POSITIVE_INFINITY),
    headers: { 'cache-control': 'max-age=1000' },
  }));
  await start(url).saved;
  expect(readFileSync(to).equals(content)).toBe(true);
  expect(cache.size()).toBe(0);
});
