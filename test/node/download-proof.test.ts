import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../platform/node/extras.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { until } from '../suites/transport/harness.ts';
import { bundleFixture } from '../support/bundled-fixture.ts';
import { Cleanup, portOf } from '../support/listening.ts';

/** How often each accident happens, at a point that chance chooses, by the pieces that are asked for at a time. */
const TIMES = { 1: 100, 4: 25 } as const;
const SIZE = 3 * 1024 * 1024;

const cleanup = new Cleanup();
const root = mkdtempSync(join(tmpdir(), 'download-proof-'));
const program = join(root, 'downloader.mjs');
const children = new Set<ChildProcess>();
beforeAll(async () => {
  await bundleFixture('downloader.ts', program);
}, 60_000);
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** A version of the resource: other bytes, of another size. */
function version(number: number): Buffer {
  const body = Buffer.alloc(SIZE + number * 1000);
  const block = createHash('sha512').update(String(number)).digest();
  for (let at = 0; at < body.length; at += block.length) block.copy(body, at);
  body.writeUInt32LE(number, body.length - 4);
  return body;
}
const versions = [version(0), version(1)];

/** What becomes of an answer when so many bytes of it have gone. */
type Accident = (response: ServerResponse) => void;

/** Serves the version that is current, by ranges, and lets accidents happen. */
class Resource {
  current = 0;
  requests = 0;
  continued = 0;
  pieces = 0;
  /** An accident, after how many answers without one, and how many bytes of it. */
  next: { not: number; readonly after: number; readonly accident: Accident } | null = null;
  readonly server: Server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<string> {
    await cleanup.listen(this.server);
    return `http://127.0.0.1:${portOf(this.server)}/file`;
  }

  #answer({ headers }: IncomingMessage, response: ServerResponse): void {
    this.requests++;
    const body = versions[this.current]!;
    const etag = `"v${this.current}"`;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const isPart = from !== undefined && headers['if-range'] === etag;
    const first = isPart ? Number(from) : 0;
    const end = isPart && to !== '' ? Number(to) + 1 : body.length;
    if (isPart && to === '') this.continued++;
    if (isPart && to !== '') this.pieces++;
    response.writeHead(isPart ? 206 : 200, {
      etag,
      'accept-ranges': 'bytes',
      'content-length': end - first,
      ...(isPart ? { 'content-range': `bytes ${first}-${end - 1}/${body.length}` } : {}),
    });
    const { next } = this;
    if (next === null || next.not-- > 0) {
      response.end(body.subarray(first, end));
      return;
    }
    this.next = null;
    const after = Math.min(next.after, end - first - 1);
    response.write(body.subarray(first, first + after), () => next.accident(response));
  }
}

const somewhere = (): number => 1 + Math.floor(Math.random() * (SIZE - 1));
/** Right, or absent. */
function isRightOrAbsent(to: string): boolean {
  if (!existsSync(to)) return true;
  const found = readFileSync(to);
  return versions.some((body) => body.equals(found));
}

/** The journal says that some of the part is on the disk. */
function hasNoted(to: string): boolean {
  const journal = `${to}.fairlead-journal`;
  return existsSync(journal) && !readFileSync(journal, 'utf8').includes('"bytes":0}');
}

let resource: Resource;
let url: string;
let directory: string;
beforeEach(async () => {
  resource = new Resource();
  url = await resource.listen();
  directory = mkdtempSync(join(root, 'one-'));
});

const SEGMENTS = [1, 4] as const;
/** One of the answers that may be the next, and a point of it. */
const someAnswer = (segments: number) => ({
  not: Math.floor(Math.random() * segments),
  after: segments === 1 ? somewhere() : 1 + Math.floor(Math.random() * (SIZE / segments)),
});

describe.each(SEGMENTS)('downloads of %i segments, each with an accident: the file is right', (segments) => {
  test.each<[string, Accident]>([
    ['cut', (response) => response.socket!.end()],
    ['reset', (response) => response.socket!.resetAndDestroy()],
    ['stalled', () => {}],
    [
      'cut, and the resource changes',
      (response) => {
        resource.current = 1 - resource.current;
        response.socket!.end();
      },
    ],
    [
      'cut twice',
      (response) => {
        resource.next = { not: 0, after: somewhere(), accident: (again) => again.socket!.destroy() };
        response.socket!.destroy();
      },
    ],
  ])(
    '%s',
    async (name, accident) => {
      const manager = new NetworkAccessManager(
        name === 'stalled' ? { transferTimeout: segments === 1 ? 50 : 200 } : {},
      );
      cleanup.add(() => manager.close());
      const to = join(directory, 'file');
      for (let time = 0; time < TIMES[segments]; time++) {
        resource.next = { ...someAnswer(segments), accident };
        await download(manager, url, { to, overwrite: true, segments }).saved;
        expect(readFileSync(to).equals(versions[resource.current]!)).toBe(true);
        expect(readdirSync(directory)).toEqual(['file']);
      }
      expect(resource.pieces > 0).toBe(segments > 1);
    },
    120_000,
  );
});

test.each(SEGMENTS)(
  'kill -9 again and again, of %i segments: the file is right or absent, and what was there goes on',
  async (segments) => {
    /** One place: kills until enough have happened. */
    let kills = 0;
    const run = async (to: string): Promise<void> => {
      while (kills < TIMES[segments]) {
        const child = fork(program, [url, to, String(segments)]);
        children.add(child);
        const over = once(child, 'exit');
        kills++;
        // The answer stands still at a point that chance chooses, and the kill comes while what came is written, or when some of
        // it is on the disk for certain.
        const isNoted = kills % 2 === 0;
        const after = isNoted ? SIZE / 2 + somewhere() / 2 : somewhere();
        const stands = new Promise<void>((reached) => {
          resource.next = {
            // Of several, the last one: what was there before it is noted.
            not: segments === 1 ? 0 : isNoted ? segments - 1 : Math.floor(Math.random() * segments),
            after: Math.floor(after),
            accident: () => setImmediate(reached),
          };
        });
        await Promise.race([stands, over]);
        if (isNoted) await until(() => child.exitCode !== null || hasNoted(to));
        child.kill('SIGKILL');
        await over;
        children.delete(child);
        expect(isRightOrAbsent(to)).toBe(true);
        if (Math.random() < 0.1) resource.current = 1 - resource.current;
      }
    };
    const to = join(directory, 'file');
    await run(to);
    // And it comes to an end at last, in this process.
    const manager = new NetworkAccessManager();
    cleanup.add(() => manager.close());
    await download(manager, url, { to, overwrite: true, segments }).saved;
    expect(readFileSync(to).equals(versions[resource.current]!)).toBe(true);
    expect(readdirSync(directory)).toEqual(['file']);
    expect(resource.continued).toBeGreaterThan(0);
  },
  120_000,
);
