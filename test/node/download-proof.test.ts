import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../platform/node/extras.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { until } from '../suites/transport/harness.ts';
import { Cleanup, portOf } from '../support/listening.ts';

/** How often each accident happens, at a point that chance chooses. */
const TIMES = 100;
const SIZE = 3 * 1024 * 1024;

const cleanup = new Cleanup();
const root = mkdtempSync(join(tmpdir(), 'download-proof-'));
const program = join(root, 'downloader.mjs');
const children = new Set<ChildProcess>();
beforeAll(async () => {
  const entry = join(import.meta.dirname, 'fixtures/downloader.ts');
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  };
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
  });
});
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
  /** The accident of the next answer, and after how many bytes. */
  next: { readonly after: number; readonly accident: Accident } | null = null;
  readonly server: Server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<string> {
    await cleanup.listen(this.server);
    return `http://127.0.0.1:${portOf(this.server)}/file`;
  }

  #answer({ headers }: IncomingMessage, response: ServerResponse): void {
    this.requests++;
    const body = versions[this.current]!;
    const etag = `"v${this.current}"`;
    const first = headers['if-range'] === etag ? Number(/\d+/.exec(headers.range!)![0]) : 0;
    if (first > 0) this.continued++;
    response.writeHead(first > 0 ? 206 : 200, {
      etag,
      'content-length': body.length - first,
      ...(first > 0 ? { 'content-range': `bytes ${first}-${body.length - 1}/${body.length}` } : {}),
    });
    const { next } = this;
    this.next = null;
    if (next === null) response.end(body.subarray(first));
    else response.write(body.subarray(first, first + next.after), () => next.accident(response));
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

describe(`${TIMES} downloads, each with an accident at some point: the file is right`, () => {
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
        resource.next = { after: somewhere(), accident: (again) => again.socket!.destroy() };
        response.socket!.destroy();
      },
    ],
  ])(
    '%s',
    async (_, accident) => {
      const manager = new NetworkAccessManager({ transferTimeout: 50 });
      cleanup.add(() => manager.close());
      const to = join(directory, 'file');
      for (let time = 0; time < TIMES; time++) {
        resource.next = { after: somewhere(), accident };
        await download(manager, url, { to, overwrite: true }).saved;
        expect(readFileSync(to).equals(versions[resource.current]!)).toBe(true);
        expect(readdirSync(directory)).toEqual(['file']);
      }
    },
    120_000,
  );
});

test(`${TIMES} times kill -9 at some point: the file is right or absent, and what was there goes on`, async () => {
  /** One place: kills until enough have happened. */
  let kills = 0;
  const run = async (to: string): Promise<void> => {
    while (kills < TIMES) {
      const child = fork(program, [url, to]);
      children.add(child);
      const over = once(child, 'exit');
      kills++;
      // The answer stands still at a point that chance chooses, and the kill comes while what came is written, or when some of
      // it is on the disk for certain.
      const isNoted = kills % 2 === 0;
      const after = isNoted ? SIZE / 2 + somewhere() / 2 : somewhere();
      const stands = new Promise<void>((reached) => {
        resource.next = { after: Math.floor(after), accident: () => setImmediate(reached) };
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
  await download(manager, url, { to, overwrite: true }).saved;
  expect(readFileSync(to).equals(versions[resource.current]!)).toBe(true);
  expect(readdirSync(directory)).toEqual(['file']);
  expect(resource.continued).toBeGreaterThan(0);
}, 120_000);
