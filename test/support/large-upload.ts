import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fileBody } from '../../platform/node/extras.ts';
import { HttpMultiPart, NetworkAccessManager } from '../../platform/node/index.ts';

/** A form of 1 GiB, of which Apache takes no byte more unless it is told to (LimitRequestBody). */
const SIZE = 1024 ** 3 - 2000;

/** Sends a form of 1 GiB to a server that keeps what it is PUT: what lies there is what was sent, and memory stays flat. */
export async function uploadOneGibibyte(url: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'large-upload-'));
  const manager = new NetworkAccessManager();
  try {
    await upload(manager, directory, url);
  } finally {
    await manager.close();
    rmSync(directory, { recursive: true });
  }
}

async function upload(manager: NetworkAccessManager, directory: string, url: string): Promise<void> {
  const large = join(directory, 'large');
  const file = openSync(large, 'w');
  writeSync(file, 'first', 0);
  writeSync(file, 'last', SIZE - 4);
  ftruncateSync(file, SIZE);
  closeSync(file);
  const form = new HttpMultiPart('form-data').appendField('title', 'A film');
  form.appendField('film', fileBody(large, { type: 'video/mp4' }), 'film.mp4');
  const memory = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = memory();
  let most = 0;
  let total = 0;
  const reply = manager.put(url, form);
  reply.on('uploadProgress', (sent, all) => {
    most = Math.max(most, memory());
    total = sent === all ? all : total;
  });
  await reply.completed;
  expect([201, 204]).toContain(reply.status);
  expect(total).toBeGreaterThan(SIZE);
  expect(most - before).toBeLessThan(200 * 1024 * 1024);
  // What lies there now is what was sent: its length, and both ends.
  const head = manager.head({ url, headers: { 'accept-encoding': 'identity' } });
  await head.completed;
  expect(Number(head.headers.get('content-length'))).toBe(total);
  const part = (range: string) =>
    manager.get({ url, headers: { range, 'accept-encoding': 'identity' } }).text();
  expect(await part('bytes=0-399')).toContain(`--${form.boundary}\r\n`);
  expect(await part('bytes=0-399')).toContain('first');
  expect(await part('bytes=-100')).toContain(`last\r\n--${form.boundary}--\r\n`);
  await manager.delete(url).completed;
}
