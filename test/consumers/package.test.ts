import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapping } from 'node:module';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import ts from 'typescript';
import { expect, inject, test } from 'vitest';

const { directory, tarball } = inject('consumer');
const ROOT = join(import.meta.dirname, '..', '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const INSTALLED = join(directory, 'node_modules', 'fairlead');

test('publint has nothing to say', async () => {
  const { messages } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer } });
  expect(messages).toEqual([]);
});

test('the types are right by attw, wherever `exports` is read', () => {
  const attw = join(ROOT, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const args = [attw, tarball, '--profile', 'node16', '--no-definitely-typed', '--format', 'ascii'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
});

/** Each pair of declarations and code that `exports` gives to anybody; a set of a page can be loaded on Node, too. */
function pairsOf(exported: unknown): readonly { readonly types: string; readonly code: string }[] {
  if (typeof exported !== 'object' || exported === null) return [];
  if (!('types' in exported && 'default' in exported)) return Object.values(exported).flatMap(pairsOf);
  return [{ types: String(exported.types), code: String(exported.default) }];
}
// A preload script runs in Electron alone, and exports nothing.
const PAIRS = pairsOf(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports).filter(
  ({ code }) => !code.includes('preload-script'),
);
const DECLARED = ts.createProgram(
  PAIRS.map(({ types }) => join(INSTALLED, types)),
  { skipLibCheck: true },
);

test.each(PAIRS)('$types and $code export the same values', async ({ types, code }) => {
  const checker = DECLARED.getTypeChecker();
  const file = DECLARED.getSourceFile(join(INSTALLED, types))!;
  const declared = checker
    .getExportsOfModule(checker.getSymbolAtLocation(file)!)
    .filter((symbol) => !symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration))
    .map(
      (symbol) =>
        [
          symbol.name,
          symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
        ] as const,
    )
    .filter(([, symbol]) => symbol.flags & ts.SymbolFlags.Value)
    .map(([name]) => name);
  const path = join(INSTALLED, code);
  const exported = Object.keys(code.endsWith('.cjs') ? createRequire(path)(path) : await import(path));
  expect(declared.sort()).toEqual(exported.filter((name) => name !== 'default').sort());
});

/** The code that is published, below `dist`. */
const FILES = readdirSync(join(INSTALLED, 'dist'), { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.c?js$/.test(path),
);

// What is in one file for pages without a bundler, or for a preload, is minified; what loads packages late is as it was written.
const READABLE = FILES.filter((path) => !/\.min\.|preload-script|late-packages/.test(path));

/** A class or a method that a line of code begins. */
const DECLARATION =
  /^(\s*)(?:class (?=\w+ )|(?:async |get |set |\*)*(?=#?\w+\([^()]*\) \{$))(?!(?:if|for|while|switch|catch|function)\b)(#?\w+)/;

test('every class and member has its name in what is published, and a debugger finds where it is written', () => {
  const wrong: string[] = [];
  let found = 0;
  for (const path of READABLE) {
    const code = readFileSync(join(INSTALLED, 'dist', path), 'utf8');
    expect(code).toContain(`//# sourceMappingURL=${basename(path)}.map`);
    const map = JSON.parse(readFileSync(join(INSTALLED, 'dist', `${path}.map`), 'utf8'));
    const linesOf = new Map<string, string[]>(
      map.sources.map((source: string, i: number) => [source, map.sourcesContent[i].split('\n')]),
    );
    const positions = new SourceMap(map);
    for (const [line, text] of code.split('\n').entries()) {
      const [, indent, name] = DECLARATION.exec(text) ?? [];
      if (indent === undefined || name === undefined) continue;
      const { originalSource, originalLine } = positions.findEntry(line, indent.length) as SourceMapping;
      found++;
      if (!linesOf.get(originalSource)?.[originalLine]?.includes(name)) wrong.push(`${path}: ${text}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(found).toBeGreaterThan(1000);
});

/** Names of the packages that a published file imports or requires. */
function packagesUsed(): Set<string> {
  const dist = join(INSTALLED, 'dist');
  const found = new Set<string>();
  for (const path of FILES) {
    const code = readFileSync(join(dist, path), 'utf8');
    for (const { fileName } of ts.preProcessFile(code, true, true).importedFiles) {
      // The command imports the package by its name, and a preload script is run by Electron, which has that module in itself.
      if (!/^(\.|node:|electron$|fairlead$)/.test(fileName))
        found.add(/^(?:@[^/]+\/)?[^/]+/.exec(fileName)![0]);
    }
    // A thread is begun with the paths of these, which are found by their names.
    const named = /const NAMES = \[(.*)\];/.exec(code)?.[1] ?? '';
    for (const [, name] of named.matchAll(/'([^']+)'/g)) found.add(name!);
  }
  return found;
}

test('the dependencies, and the optional ones, are what published files import', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(INSTALLED, 'package.json'), 'utf8'),
  );
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  expect([...packagesUsed()].sort()).toEqual(names.sort());
  const optional = Object.keys(peerDependenciesMeta).filter((name) => peerDependenciesMeta[name].optional);
  expect(optional.sort()).toEqual(Object.keys(peerDependencies).sort());
});

test('no CommonJS file has an import()', () => {
  const dist = join(INSTALLED, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.cjs'),
  );
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((path) => /\bimport\s*\(/.test(readFileSync(join(dist, path), 'utf8')))).toEqual([]);
});

test('parts of one format work in a manager of the other', () => {
  const options = { cwd: directory, encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ['both-formats.mjs'], options);
  const each = {
    memory: 'none ,none  1',
    disk: 'none ,none  1',
    jar: 'none ,a=1  2',
    socket: 'none ,a=1  2',
    http: 'none ,a=1  2',
    headers: 'none b,a=1 b 2',
  };
  expect(JSON.parse(stdout || JSON.stringify({ stderr }))).toEqual({ module: each, script: each });
});

test('nothing is packed that is for tests only', () => {
  const packed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  expect(
    packed.filter(
      (path) =>
        !/^package\/(dist\/|package\.json$|(docs|bench)\/[^/]+\.md$|README|LICENSE|CHANGELOG|$)/.test(path),
    ),
  ).toEqual([]);
  expect(packed.filter((path) => path.includes('internal.js'))).toEqual([]);
});

test('every link of the README leads somewhere in the package', () => {
  const readme = readFileSync(join(INSTALLED, 'README.md'), 'utf8');
  const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
  expect(targets.length).toBeGreaterThan(3);
  expect(targets.filter((target) => !existsSync(join(INSTALLED, target)))).toEqual([]);
});

test('the file for pages without a bundler is one file', () => {
  const text = readFileSync(join(INSTALLED, 'dist', 'browser', 'fairlead.min.js'), 'utf8');
  expect(text).not.toMatch(/\bimport\s*[("'{*]/);
  expect(text).toContain('NetworkAccessManager');
});

test('the command is there', () => {
  const command = join(directory, 'node_modules', '.bin', 'fairlead');
  expect(execFileSync(command, ['--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
  expect(execFileSync(command, ['data:,hello'], { encoding: 'utf8' })).toBe('hello');
});

test('packing builds, and holds what is read beside the code', () => {
  const packageOf = (path: string): string => readFileSync(join(INSTALLED, path), 'utf8');
  expect(JSON.parse(packageOf('package.json')).scripts.prepack).toContain('build');
  expect(packageOf('CHANGELOG.md')).toContain(`## ${version}`);
  expect(packageOf('docs/recipes.md')).toContain('# Recipes');
  expect(packageOf('dist/index.d.ts')).toMatch(/^\/\/\/ <reference lib="esnext\.disposable" \/>/);
});

test('npm is told everything but what only the owner knows', () => {
  const told = JSON.parse(readFileSync(join(INSTALLED, 'package.json'), 'utf8')) as Record<string, unknown>;
  for (const field of ['description', 'keywords', 'license', 'engines', 'exports', 'types', 'bin', 'unpkg'])
    expect(told).toHaveProperty(field);
});
