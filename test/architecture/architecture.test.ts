import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { WHY_SKIPPED } from '../../scripts/skips.ts';
import { STORES_AND_CACHES } from '../support/stores-and-caches.ts';
import { foreignGlobals, programOf } from './globals.ts';
import { importCycles, importViolations, ROOMS } from './import-rules.ts';
import { filesUnder, parseModule, readModule } from './modules.ts';

const files = ['src', 'platform', 'examples', 'bench', 'test', 'scripts'].flatMap(filesUnder);
const modules = files.filter((path) => path.endsWith('.ts')).map(readModule);
const product = modules.filter(({ path }) => /^(src|platform)\//.test(path));

const MAXIMUM_LINES = 300;
/** What reads a clock or waits: for `util/clock.ts`, which caps and measures, and can be injected. */
const TIME =
  /\bDate\.now\b|\bperformance\b|\bhrtime\b|new Date\(\)|(?<![\w#]\.|\w)set(Timeout|Interval)\b\s*[(,} ](?!:)|globalThis\.set(Timeout|Interval)|AbortSignal\.timeout/;
const CLOCKS: ReadonlySet<string> = new Set([
  'src/util/clock.ts',
  // What a socket does has no other clock: fake timers do not stop it.
  'platform/node/http/rest.ts',
  // A sentence of an error names it.
  'src/checks/foreign-words.ts',
  'src/reply/reply-error.ts',
]);

/**
 * A function that is assigned to a property as it is written. V8 makes such functions in the old generation, for methods of
 * prototypes are written like that. One that belongs to a request keeps all of it there, until the next full collection.
 */
const ASSIGNED_FUNCTION = /\.#?\w+ = (?:async )?(?:function\b|(?:\([^()]*\)|\w+)(?:: [^=]+)? =>)/;
/** Of what there are few. */
const RARE: readonly RegExp[] = [
  /^platform\/browser\/(open-database|xhr-uploads)\.ts$/,
  /^src\/message\/blob-chunks\.ts$/,
  // Belongs to a connection.
  /^platform\/node\/http\/write-failure\.ts$/,
];

const BY_CLASS =
  /\w+ instanceof (?:URL|URLSearchParams|Map|Set|\w*Array|ArrayBuffer|DataView|Blob|File|FormData|Headers|Request|Response|\w*Stream|AbortSignal|EventTarget)\b/g;
/** Judged by their class, because they were made here, or the class is what matters. */
const OWN_OBJECTS: ReadonlySet<string> = new Set([
  'src/message/form-data.ts: piece instanceof Uint8Array',
  'src/message/http-multi-part.ts: piece instanceof Uint8Array',
  'src/settings.ts: value instanceof Map',
  'platform/browser/indexeddb-cache/chunk-reader.ts: value instanceof Uint8Array',
  // Other memory is copied.
  'src/util/bytes.ts: buffer instanceof ArrayBuffer',
  // The classes of some test environments have no name for themselves.
  'src/util/brand.ts: value instanceof Blob',
  // Messages are of the realm that has received them, and others are refused.
  'platform/bridge/owner/plain-copy.ts: one instanceof Uint8Array',
  'platform/bridge/owner/plain-copy.ts: buffer instanceof ArrayBuffer',
  // Only one that Node knows can be told how many listeners it may have.
  'platform/node/platform.ts: signal instanceof EventTarget',
]);

/** The only sign of a pattern is `*`, within one name. */
function matchesGlob(path: string, pattern: string): boolean {
  const form = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  return new RegExp(`^${form}$`).test(path);
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

const KEBAB_CASE = /^([a-z0-9]+(-[a-z0-9]+)*)(\.[a-z0-9]+)*$/;

describe('the house', () => {
  test('is there', () => {
    expect(product.length).toBeGreaterThan(50);
    expect(product.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  test('imports go down, concepts and platforms stay apart, packages stay in their place', () => {
    expect(importViolations(modules)).toEqual([]);
  });

  test('rooms stand on rooms below them', () => {
    const names = Object.keys(ROOMS);
    const upwards = Object.entries(ROOMS).flatMap(([name, allowed]) =>
      allowed
        .split(' ')
        .filter(
          (other) =>
            other !== '' && !(names.indexOf(other) >= 0 && names.indexOf(other) < names.indexOf(name)),
        )
        .map((other) => `${name}: ${other}`),
    );
    expect(upwards).toEqual([]);
  });

  test('has no circular imports', () => {
    expect(importCycles(product)).toEqual([]);
  });

  // A whole program is type-checked: on a busy machine that takes its time.
  test('the core uses only what every runtime has', { timeout: 60_000 }, () => {
    const core = files.filter((path) => path.startsWith('src/'));
    expect(foreignGlobals(programOf(core), 'src/')).toEqual([]);
  });

  test('file names are kebab-case', () => {
    const names = files.filter((path) => /\.[cm]?[jt]s$/.test(path));
    expect(names.filter((path) => !path.split('/').every((part) => KEBAB_CASE.test(part)))).toEqual([]);
  });

  test('time is read, and waited for, in one place', () => {
    const offenders = product
      .filter(({ path }) => !CLOCKS.has(path))
      .flatMap(({ path }) =>
        withoutComments(readFileSync(path, 'utf8'))
          .split('\n')
          .flatMap((line) => (TIME.test(line) ? [`${path}: ${line.trim()}`] : [])),
      );
    expect(offenders).toEqual([]);
  });

  test.each([
    'const started = Date.now();',
    'setTimeout(() => {}, 5)',
    'globalThis.setTimeout(f)',
    'performance.now()',
    'new Date()',
    'const timer = setInterval(f, 5)',
    "import { setTimeout as delay } from 'node:timers/promises';",
    'AbortSignal.timeout(5)',
    'process.hrtime.bigint()',
  ])('%s is seen', (line) => expect(line).toMatch(TIME));

  test.each([
    'clock.setTimeout(f, 5)',
    'this.#clock.setTimeout(f)',
    'systemClock.now()',
    'new Date(systemClock.now())',
    'readonly setTimeout: unknown',
    'setBackgroundTimeout(f, 5)',
  ])('%s is none of that', (line) => expect(line).not.toMatch(TIME));

  test('what an application hands over is told by its brand: its class may be of another realm, or of a library', () => {
    const offenders = product.flatMap(({ path }) =>
      (withoutComments(readFileSync(path, 'utf8')).match(BY_CLASS) ?? []).map((text) => `${path}: ${text}`),
    );
    expect(offenders.filter((offender) => !OWN_OBJECTS.has(offender))).toEqual([]);
  });

  test('a function that is kept by a request is no property as it is written: it would outlive it', () => {
    const found = product
      .filter(({ path }) => !RARE.some((rare) => rare.test(path)))
      .flatMap(({ path }) =>
        withoutComments(readFileSync(path, 'utf8'))
          .split('\n')
          .flatMap((line) => (ASSIGNED_FUNCTION.test(line) ? [`${path}: ${line.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  });

  test.each([
    'this.#giveUp = () => this.done();',
    'ticket.waiter = (): void => {',
    'this.ask = (question) => sink.ask(question);',
    'core.atHead = async () => {',
    'reader.done = value => resolve(value);',
    'stream.push = function (chunk) {',
  ])('%s is seen', (line) => expect(line).toMatch(ASSIGNED_FUNCTION));

  test.each([
    'const giveUp = (): void => this.done();',
    'this.#giveUp = giveUp;',
    'readonly #onFault = (fault: Error): void => this.tell(fault);',
    'this.#wanted = list.filter((one) => one.isWanted);',
    'this.#over = new Promise((resolve) => {',
  ])('%s is not one', (line) => expect(line).not.toMatch(ASSIGNED_FUNCTION));

  test('every test of stores and caches runs on the disk of Windows, too', () => {
    const usesFiles = /platform\/node\/files\/|\b(DiskCache|FileStore)\(|StrictTransportSecurityStore\(true/;
    const elsewhere = [
      // Has it itself, with a scanner.
      'test/node/windows.test.ts',
      // What a store or a cache is to them could be anything.
      'test/node/inspection.test.ts',
      'test/node/own-bytes.test.ts',
    ];
    const found = modules.filter(({ path }) => /^test\/node\/.*\.test\.ts$/.test(path));
    const keeping = found.filter(({ path }) => usesFiles.test(readFileSync(path, 'utf8')));
    const missing = keeping
      .map(({ path }) => path)
      .filter((path) => !STORES_AND_CACHES.some((pattern) => matchesGlob(path, pattern)));
    expect(missing.sort()).toEqual(elsewhere.sort());
  });

  test('reasons for skipped tests name files that there are', () => {
    const found = filesUnder('test');
    expect(Object.keys(WHY_SKIPPED).filter((path) => !found.includes(path))).toEqual([]);
  });

  test(`no file of the product is longer than ${MAXIMUM_LINES} lines`, () => {
    const long = product.filter(({ lines }) => lines > MAXIMUM_LINES);
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test('no file of a dozen lines has a single importer', () => {
    const small = product.filter(({ path, lines }) => {
      const importers = product.filter(({ imports }) => imports.some(({ target }) => target === path));
      return lines <= 12 && importers.length === 1;
    });
    expect(small.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  // Those that ../shared/design-2.md found to mean several things each.
  test.each(['Visit', 'ResponseHead', 'Promised', 'chunksOf', 'copyBody', 'toBytes', 'answer'])(
    'one word for one thing: %s',
    (word) => {
      const declaration = new RegExp(
        `^(?:export )?(?:async )?(?:class|interface|type|function\\*?|const) ${word}\\b`,
        'm',
      );
      const declaring = product.filter(({ path }) => declaration.test(readFileSync(path, 'utf8')));
      expect(declaring.map(({ path }) => path).slice(1)).toEqual([]);
    },
  );

  test('one policy.ts', () => {
    expect(product.filter(({ path }) => path.endsWith('/policy.ts')).map(({ path }) => path)).toHaveLength(1);
  });

  test('the build is told in 120 lines', () => {
    expect(readModule('rollup.config.ts').lines).toBeLessThanOrEqual(120);
  });
});

describe('the rules see', () => {
  test.each([
    ['a decision that imports a stage', 'src/hsts/header.ts', './stage.ts'],
    ['a stage that imports the list', 'src/hsts/stage.ts', '../pipeline/list.ts'],
    ['the list importing the manager', 'src/pipeline/list.ts', '../manager.ts'],
    ['a value that imports a decision', 'src/util/url.ts', '../cookies/parse.ts'],
    ['the core importing a platform', 'src/manager.ts', '../platform/node/index.ts'],
    ['a platform importing a test', 'platform/node/index.ts', '../../test/support/server.ts'],
    ['what is on no floor', 'src/version.ts', '../package.json'],
    ['a concept in another', 'src/redirect/stage.ts', '../hsts/known-hosts.ts'],
    ['a platform in another', 'platform/browser/index.ts', '../node/files/file-store.ts'],
    ['Node in the core', 'src/util/clock.ts', 'node:timers'],
    ['Node in what all platforms share', 'platform/common/fetch-transport.ts', 'node:http'],
    ['Node without its prefix', 'platform/node/index.ts', 'http'],
    ['electron outside of its folder', 'platform/node/index.ts', 'electron'],
    ['zod', 'src/storage/records.ts', 'zod'],
    ['zod/mini outside of the records', 'src/options/options.ts', 'zod/mini'],
    ['idb-keyval outside of the browser', 'platform/common/store.ts', 'idb-keyval'],
    ['an eager cross-fetch', 'platform/portable/index.ts', 'cross-fetch'],
    ['a package that is not ours', 'src/manager.ts', 'lodash'],
  ])('%s', (_name, path, specifier) => {
    const eager = parseModule(path, `import { x } from '${specifier}';\nx();`);
    expect(importViolations([eager])).toHaveLength(1);
  });

  test.each([
    ["import type { x } from '../hsts/known-hosts.ts';"],
    ["export { x } from '../hsts/known-hosts.ts';"],
    ["export type * from '../hsts/known-hosts.ts';"],
    ["export type X = import('../hsts/known-hosts.ts').X;"],
    ["export const load = () => import('../hsts/known-hosts.ts');"],
  ])('%s', (text) => {
    expect(importViolations([parseModule('src/redirect/stage.ts', text)])).toHaveLength(1);
  });

  test('a lazy cross-fetch, which is right', () => {
    const lazy = parseModule('platform/portable/index.ts', "export const f = () => import('cross-fetch');");
    expect(importViolations([lazy])).toEqual([]);
  });

  test('circles, and none in types', () => {
    const ring = (keyword: string) => [
      parseModule('src/a.ts', "import { b } from './b.ts';\nb();"),
      parseModule('src/b.ts', "import { c } from './c.ts';\nc();"),
      parseModule('src/c.ts', `${keyword} { a } from './a.ts';`),
    ];
    expect(importCycles(ring('import'))).toEqual(['src/a.ts → src/b.ts → src/c.ts → src/a.ts']);
    expect(importCycles(ring('import type'))).toEqual([]);
  });

  test('globals of one platform', () => {
    const text = `
      export const foreign = [Buffer, process.pid, window, document.title, XMLHttpRequest, localStorage, indexedDB,
        globalThis.navigator, __dirname, require('x'), new WebSocket(''), typeof fetch, { location }, setImmediate];
      export const portable = [Promise, globalThis.URL, setTimeout, new Map(), Symbol.asyncDispose];
      export function local(process: number, { name: document }: { name: string }): unknown {
        return [process, document, ({ window: 1 }).window];
      }
      export type Erased = Document | NodeJS.Timeout | typeof window;
    `;
    const globals = foreignGlobals(programOf([], { 'src/sample.ts': text }), 'src/');
    expect(globals.map((line) => line.replace('src/sample.ts: ', '')).sort()).toEqual(
      ['Buffer', 'process', 'window', 'document', 'XMLHttpRequest', 'localStorage', 'indexedDB', 'navigator']
        .concat(['__dirname', 'require', 'WebSocket', 'fetch', 'location', 'setImmediate'])
        .sort(),
    );
  });
});
