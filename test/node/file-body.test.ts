import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { fileBody, NodeHttpTransport } from '../../platform/node/extras.ts';
import { HttpMultiPart, NetworkAccessManager } from '../../platform/node/index.ts';
import { Cleanup, type NthHandler, serveNth } from '../support/listening.ts';

const cleanup = new Cleanup();
const directory = mkdtempSync(join(tmpdir(), 'file-body-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'file');
const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

/** Answers with what it has been sent. */
const echo: NthHandler = async (request, response) => {
  const digest = createHash('sha256');
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      digest.update(chunk);
      length += chunk.length;
    }
  } catch {
    // Given up by the client, as some of these tests want it.
    return;
  }
  const { 'content-length': told, 'content-type': type = null } = request.headers;
  response.end(JSON.stringify({ told, type, length, sha256: digest.digest('hex') }));
};
const shaOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let manager: NetworkAccessManager;
beforeEach(() => {
  writeFileSync(path, content);
  manager = new NetworkAccessManager();
  cleanup.add(() => manager.close());
});

describe('a file as a body', () => {
  test.each<[string, object, Uint8Array]>([
    ['whole', {}, content],
    ['a range', { start: 70_000, end: 200_000 }, content.subarray(70_000, 200_000)],
    ['from a byte on', { start: 299_999 }, content.subarray(299_999)],
    ['nothing of it', { start: 5, end: 5 }, content.subarray(5, 5)],
  ])('%s: its length is told', async (_, options, expected) => {
    const url = await serveNth(cleanup, echo);
    for (const where of [path, pathToFileURL(path)]) {
      const answer = await manager.put(url, fileBody(where, { ...options, type: 'image/png' })).json();
      expect(answer).toEqual({
        told: String(expected.length),
        type: 'image/png',
        length: expected.length,
        sha256: shaOf(expected),
      });
    }
  });

  test('a file that tells a size which it does not have is an error', async ({ skip }) => {
    const odd = '/sys/class/net/lo/mtu';
    if (!existsSync(odd) || statSync(odd).size === 0) skip('there is no such file');
    const url = await serveNth(cleanup, echo);
    await expect(manager.put(url, fileBody(odd)).text()).rejects.toMatchObject({
      code: 'content-conflict',
      message: expect.stringContaining('ends after'),
    });
  });

  test('is sent again after a redirect, and in the part of a form', async () => {
    const url = await serveNth(cleanup, (request, response, nth) => {
      if (nth > 0) void echo(request, response, nth);
      else request.resume().on('end', () => response.writeHead(307, { location: '/again' }).end());
    });
    expect(await manager.post(url, fileBody(path)).json()).toMatchObject({ sha256: shaOf(content) });
    const form = new HttpMultiPart('form-data').appendField('file', fileBody(path), 'name.bin');
    const { told, length } = await manager.post(url, form).json<{ told: string; length: number }>();
    expect(Number(told)).toBe(length);
    expect(length).toBeGreaterThan(content.length);
  });

  test('is read while it is sent: memory stays flat', async () => {
    const large = join(directory, 'large');
    const file = openSync(large, 'w');
    ftruncateSync(file, 256 * 1024 * 1024);
    closeSync(file);
    let most = 0;
    const url = await serveNth(cleanup, (request, response) => {
      let length = 0;
      request.on('data', (chunk: Buffer) => {
        length += chunk.length;
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      });
      request.on('end', () => response.end(String(length)));
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(await manager.put(url, fileBody(large)).text()).toBe(String(256 * 1024 * 1024));
    expect(most - before).toBeLessThan(128 * 1024 * 1024);
    rmSync(large);
  });
});

describe.each([
  ['sockets of ours', () => new NetworkAccessManager()],
  ['node:http', () => new NetworkAccessManager({ transport: new NodeHttpTransport() })],
])('a file that changes, over %s', (_, create) => {
  beforeEach(() => {
    manager = create();
    cleanup.add(() => manager.close());
  });

  const changes: [string, () => void][] = [
    ['grown', () => appendFileSync(path, 'more')],
    ['cut', () => truncateSync(path, 100)],
    ['emptied', () => truncateSync(path, 0)],
    ['written to', () => utimesSync(path, 1, 1)],
    [
      'replaced',
      () => {
        writeFileSync(`${path}.new`, content);
        renameSync(`${path}.new`, path);
      },
    ],
  ];
  test.each(changes)('%s before it is sent', async (_name, change) => {
    const url = await serveNth(cleanup, echo);
    const body = fileBody(path);
    change();
    const reply = manager.put({ url, retry: { delay: 0 } }, body);
    await expect(reply.text()).rejects.toMatchObject({ code: 'content-conflict' });
    expect(reply.attempts).toBe(1);
  });

  test.each(changes.filter(([name]) => name !== 'replaced'))(
    '%s while it is sent: the server gets no whole message',
    async (_name, change) => {
      const large = Buffer.alloc(64 * 1024 * 1024);
      writeFileSync(path, large);
      let isWhole = false;
      let tellOver: () => void = () => {};
      const over = new Promise<void>((resolve) => (tellOver = resolve));
      const url = await serveNth(cleanup, (request: IncomingMessage) => {
        request.once('data', () => {
          change();
          request.on('data', () => {}).on('end', () => (isWhole = true));
          request.on('close', tellOver);
          request.on('error', () => {});
        });
      });
      await expect(manager.put(url, fileBody(path)).text()).rejects.toMatchObject({
        code: 'content-conflict',
        message: expect.stringContaining(`PUT ${url}: ${path} has changed`),
      });
      await over;
      expect(isWhole).toBe(false);
    },
  );
});

test.each<[string, () => unknown, object]>([
  ['a file that is not there', () => fileBody(join(directory, 'none')), { code: 'content-not-found' }],
  ['a directory', () => fileBody(directory), { code: 'content-operation-not-permitted' }],
  ['a device', () => fileBody('/dev/null'), { code: 'content-operation-not-permitted' }],
  [
    'a URL of no file',
    () => fileBody(new URL('http://x/y')),
    { name: 'TypeError', message: expect.stringMatching(/^fileBody: /) },
  ],
  [
    'what is no path',
    () => fileBody(5 as never),
    { name: 'TypeError', message: expect.stringMatching(/^fileBody: /) },
  ],
  ['a range beyond it', () => fileBody(path, { end: 300_001 }), { name: 'TypeError' }],
  ['a range that ends before it begins', () => fileBody(path, { start: 5, end: 4 }), { name: 'TypeError' }],
  ['a fraction', () => fileBody(path, { start: 0.5 }), { name: 'TypeError' }],
  ['a type with a line', () => fileBody(path, { type: 'a/b\r\nx: y' }), { name: 'TypeError' }],
  ['an option that is none', () => fileBody(path, { begin: 1 } as never), { name: 'TypeError' }],
])('refused at once: %s', (_, create, error) => {
  expect(create).toThrow(expect.objectContaining(error));
});
