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

/** How often each accident happens, at a point that chance chooses: by pieces that are asked for at a time, or all at once. */
const TIMES = 100;
/** Downloads at a time, each of a resource into a directory of its own: most of a point is a wait for the disk. */
const PLACES = 10;
/** Two times the bytes after which the disk is asked to have them, and some. */
const SIZE = 2.25 * 1024 * 1024;

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
  accidents = 0;
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
    this.accidents++;
    const after = Math.min(next.after, end - first - 1);
    response.write(body.subarray(first, first + after), () => next.accident(response));
  }
}

const somewhere = (): number => 1 + Math.floor(Math.random() * (SIZE - 1));
const SEGMENTS = [1, 4] as const;
/** One of the answers that may be the next, and a point of it. */
const someAnswer = (segments: number) => ({
  not: Math.floor(Math.random() * segments),
  after: segments === 1 ? somewhere() : 1 + Math.floor(Math.random() * (SIZE / segments)),
});

/** A resource, and where it is downloaded to. */
class Place {
  readonly resource = new Resource();
  readonly directory = mkdtempSync(join(root, 'one-'));
  readonly to = join(this.directory, 'file');
  url = '';

  async begin(): Promise<this> {
    this.url = await this.resource.listen();
    return this;
  }

  /** Right, by one of the versions, or absent. */
  isRightOrAbsent(): boolean {
    if (!existsSync(this.to)) return true;
    const found = readFileSync(this.to);
    return versions.some((body) => body.equals(found));
  }

  /** The version that is current, and nothing beside it. */
  expectRight(): void {
    expect(readFileSync(this.to).equals(versions[this.resource.current]!)).toBe(true);
    expect(readdirSync(this.directory)).toEqual(['file']);
  }

  /** The journal says that some of the part is on the disk. */
  hasNoted(): boolean {
    const journal = `${this.to}.fairlead-journal`;
    return existsSync(journal) && !readFileSync(journal, 'utf8').includes('"bytes":0}');
  }

  /** The next answer stands still at a point that chance chooses; resolves then. */
  standsStill(segments: number, isNoted: boolean): Promise<void> {
    return new Promise((reached) => {
      this.resource.next = {
        // Of several, the last one: what was there before it is noted.
        not: isNoted ? segments - 1 : Math.floor(Math.random() * segments),
        after: Math.floor(isNoted ? SIZE / 2 + somewhere() / 2 : somewhere()),
        accident: () => setImmediate(reached),
      };
    });
  }
}

let places: readonly Place[];
beforeEach(async () => {
  places = await Promise.all(Array.from({ length: PLACES }, () => new Place().begin()));
});
const sum = (count: (resource: Resource) => number): number =>
  places.reduce((total, { resource }) => total + count(resource), 0);

describe.each(SEGMENTS)('downloads of %i segments, each with an accident: the file is right', (segments) => {
  test.each<[string, (resource: Resource) => Accident]>([
    ['cut', () => (response) => response.socket!.end()],
    ['reset', () => (response) => response.socket!.resetAndDestroy()],
    ['stalled', () => () => {}],
    [
      'cut, and the resource changes',
      (resource) => (response) => {
        resource.current = 1 - resource.current;
        response.socket!.end();
      },
    ],
    [
      'cut twice',
      (resource) => (response) => {
        resource.next = { not: 0, after: somewhere(), accident: (again) => again.socket!.destroy() };
        response.socket!.destroy();
      },
    ],
  ])(
    '%s',
    async (name, accidentOf) => {
      const manager = new NetworkAccessManager(name === 'stalled' ? { transferTimeout: 500 } : {});
      cleanup.add(() => manager.close());
      let times = 0;
      const run = async (place: Place): Promise<void> => {
        const { resource, url, to } = place;
        while (times++ < TIMES) {
          resource.next = { ...someAnswer(segments), accident: accidentOf(resource) };
          await download(manager, url, { to, overwrite: true, segments }).saved;
          place.expectRight();
        }
      };
      await Promise.all(places.map(run));
      expect(sum(({ accidents }) => accidents)).toBeGreaterThanOrEqual(TIMES);
      expect(sum(({ pieces }) => pieces) > 0).toBe(segments > 1);
    },
    120_000,
  );
});

test.each(SEGMENTS)(
  'kill -9 again and again, of %i segments: the file is right or absent, and what was there goes on',
  async (segments) => {
    const where = places.flatMap(({ url, to }) => [url, to]);
    let kills = 0;
    for (let round = 0; kills < TIMES; round++) {
      // The kill comes while what came is written, or when some of it is on the disk for certain.
      const isNoted = round % 2 === 1;
      const stands = places.map((place) => place.standsStill(segments, isNoted));
      const child = fork(program, [String(segments), ...where]);
      children.add(child);
      const over = once(child, 'exit');
      const saved = new Set<string>();
      child.on('message', (to: string) => saved.add(to));
      const isOver = ({ to }: Place): boolean => saved.has(to) || child.exitCode !== null;
      await Promise.all(
        places.map(async (place, index) => {
          await Promise.race([stands[index], until(() => isOver(place))]);
          if (isNoted) await until(() => isOver(place) || place.hasNoted());
        }),
      );
      kills += places.filter((place) => !isOver(place)).length;
      child.kill('SIGKILL');
      await over;
      children.delete(child);
      for (const place of places) {
        expect(place.isRightOrAbsent()).toBe(true);
        if (Math.random() < 0.1) place.resource.current = 1 - place.resource.current;
      }
    }
    // And it comes to an end at last, in this process.
    const manager = new NetworkAccessManager();
    cleanup.add(() => manager.close());
    for (const place of places) {
      place.resource.next = null;
      await download(manager, place.url, { to: place.to, overwrite: true, segments }).saved;
      place.expectRight();
    }
    expect(sum(({ continued }) => continued)).toBeGreaterThan(0);
  },
  120_000,
);
