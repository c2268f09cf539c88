/** HttpMultiPart and FormData as busboy reads them; nginx and Apache take them in servers.test.ts. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { fileBody } from '../../platform/node/extras.ts';
import { HttpMultiPart, NetworkAccessManager } from '../../platform/node/index.ts';
import { Cleanup, serveNth } from '../support/listening.ts';

/** It brings no types. */
type Busboy = Writable & {
  on(event: 'field', heard: (name: string, value: string) => void): Busboy;
  on(
    event: 'file',
    heard: (name: string, stream: Readable, info: { filename: string; mimeType: string }) => void,
  ): Busboy;
};
const busboy = createRequire(import.meta.url)('busboy') as (config: object) => Busboy;

const cleanup = new Cleanup();
const directory = mkdtempSync(join(tmpdir(), 'multipart-'));
afterAll(() => rmSync(directory, { recursive: true }));
let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
  cleanup.add(() => manager.close());
});

/** Name, value or digest, file name, type of each part. */
type Part = readonly [name: string, value: string, fileName?: string, type?: string];
const shaOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function readForm(request: IncomingMessage): Promise<Part[]> {
  const parts: Part[] = [];
  return new Promise((resolve, reject) => {
    const parser = busboy({ headers: request.headers, defParamCharset: 'utf8' });
    parser.on('field', (name, value) => parts.push([name, value]));
    parser.on('file', (name, stream, { filename, mimeType }) => {
      const digest = createHash('sha256');
      stream.on('data', (chunk: Buffer) => digest.update(chunk));
      stream.on('end', () => parts.push([name, digest.digest('hex'), filename, mimeType]));
    });
    parser.on('close', () => resolve(parts)).on('error', reject);
    request.pipe(parser);
  });
}

const parsed = (): Promise<string> =>
  serveNth(cleanup, async (request, response) => response.end(JSON.stringify(await readForm(request))));

describe('busboy reads', () => {
  const path = join(directory, 'file');
  writeFileSync(path, 'of a file\r\n--not a boundary\r\n');
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
  const names = ['plain', 'é 日本', 'a"b', 'a\r\nb', 'a%22b'];
  /** As HTML escapes names: quotes and line ends; what busboy gives back is the escaped form. */
  const escaped = (name: string): string => name.replace(/\r\n/g, '%0D%0A').replace(/"/g, '%22');

  test('what HttpMultiPart makes of fields, files, streams and bytes', async () => {
    const form = new HttpMultiPart('form-data');
    for (const name of names) form.appendField(name, `value of ${name}`);
    form.appendField('lines', 'a\nb\rc\r\nd');
    form.appendField('empty', '');
    form.appendField('bytes', bytes, 'bytes.bin');
    form.appendField('blob', new Blob(['of a blob'], { type: 'text/x' }), 'b"l.txt');
    form.appendField('file', fileBody(path, { type: 'text/y' }), '日本.txt');
    form.appendField('range', fileBody(path, { start: 3, end: 9 }), 'range');
    form.appendField(
      'stream',
      (async function* () {
        yield 'of a ';
        yield 'stream';
      })(),
      'stream',
    );
    const parts = await manager.post(await parsed(), form).json<Part[]>();
    expect(parts.filter((part) => part.length === 2)).toEqual([
      ...names.map((name) => [escaped(name), `value of ${name.replace(/\r\n/g, '\r\n')}`]),
      ['lines', 'a\r\nb\r\nc\r\nd'],
      ['empty', ''],
    ]);
    expect(parts.filter((part) => part.length > 2)).toEqual([
      ['bytes', shaOf(bytes), 'bytes.bin', 'application/octet-stream'],
      ['blob', shaOf('of a blob'), 'b%22l.txt', 'text/x'],
      ['file', shaOf('of a file\r\n--not a boundary\r\n'), '日本.txt', expect.any(String)],
      ['range', shaOf('a file'), 'range', 'application/octet-stream'],
      ['stream', shaOf('of a stream'), 'stream', 'application/octet-stream'],
    ]);
  });

  test('what FormData makes', async () => {
    const form = new FormData();
    for (const name of names) form.append(name, 'value');
    form.append('file', new Blob([bytes]), 'é".bin');
    const parts = await manager.post(await parsed(), form).json<Part[]>();
    expect(parts).toEqual([
      ...names.map((name) => [escaped(name), 'value']),
      ['file', shaOf(bytes), 'é%22.bin', 'application/octet-stream'],
    ]);
  });
});
