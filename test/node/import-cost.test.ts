import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const dist = path.join(import.meta.dirname, '../../dist/node');

const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-import-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a process prints that runs this module: a file, so that what Node reads files with is there before anything of ours. */
function outputOf(code: string): string[] {
  const program = path.join(directory, 'program.mjs');
  writeFileSync(program, code);
  return JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' })) as string[];
}

describe.skipIf(!existsSync(dist)).each(['index.js', 'index.cjs'])('import of dist/node/%s', (file) => {
  const load = `import { createRequire } from 'node:module';
    const require = createRequire('${dist}/');
    const load = () => ${file.endsWith('.cjs') ? 'require' : 'import'}('${dist}/${file}');`;

  test('loads nothing of Node but what is named here, and nothing of node_modules', () => {
    const loaded = outputOf(
      `${load}
      // What reads a first CommonJS file is no part of ours.
      await import('${dist}/late-packages.cjs');
      const before = new Set(process.moduleLoadList);
      await load();
      const builtIn = process.moduleLoadList.filter((name) => !before.has(name));
      console.log(JSON.stringify([...builtIn, ...Object.keys(require.cache)]))`,
    );
    // No sockets, names, files, streams, hashes or threads.
    const wanted =
      /^NativeModule (async_hooks|diagnostics_channel|timers\/promises|internal\/(file|async_local_storage\/\w+))$/;
    expect(loaded).not.toEqual([]);
    expect(loaded.filter((name) => !name.startsWith(path.dirname(dist)) && !wanted.test(name))).toEqual([]);
  });

  test('has a public suffix list all the same', () => {
    const cookies = outputOf(
      `${load}
      const { CookieJar } = await load();
      const jar = new CookieJar();
      for (const domain of ['co.uk', 'example.co.uk', 'github.io'])
        jar.setCookie(domain + '=1; Domain=' + domain, 'https://www.' + domain + '/');
      console.log(JSON.stringify(jar.allCookies().map(({ name }) => name)))`,
    );
    expect(cookies).toEqual(['example.co.uk']);
  });
});

/** What Node reads with a module, by the names of the files without their hashes. */
function filesOf(module: string): string[] {
  const files = new Set([path.join(dist, module)]);
  for (const file of files)
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /(?:^import|^} from|\bfrom|= require\()\s*'(\.[^']+)'/gm,
    ))
      files.add(path.join(file, '..', name!));
  const nameOf = (file: string): string => {
    const { dir, name } = path.parse(file);
    return dir.endsWith('chunks') ? name.slice(0, -'-xxxxxxxx'.length) : name;
  };
  return [...files].map(nameOf).sort();
}

// Node needs longer to find a file than to read a small one.
test.skipIf(!existsSync(dist)).each([
  ['index.js', ['index', 'late-packages', 'manager', 'shared']],
  ['index.cjs', ['index', 'late-packages', 'manager', 'shared']],
  ['bridge.js', ['bridge', 'main-port', 'shared']],
  ['bridge.cjs', ['bridge', 'main-port', 'shared']],
])('dist/node/%s is few files', (module, files) => {
  expect(filesOf(module)).toEqual(files);
});

// An import of a module of Node asks for each of its exports, and makes a module of them.
test.skipIf(!existsSync(dist))('the manager imports no module of Node', () => {
  const chunks = path.join(dist, '../chunks');
  const files = readdirSync(chunks).filter((name) => /^(manager|shared)-.*\.c?js$/.test(name));
  const lines = files.flatMap((name) => readFileSync(path.join(chunks, name), 'utf8').split('\n'));
  expect(files).toHaveLength(4);
  expect(lines.filter((line) => /^import .*'node:|= require\('node:/.test(line))).toEqual([]);
});

test.skipIf(!existsSync(dist))('what Node loads is ASCII without comments', () => {
  const files = [dist, path.join(dist, '../chunks')].flatMap((place) =>
    readdirSync(place, { withFileTypes: true })
      .filter(({ name }) => /(?<!\.d)\.c?js$/.test(name) && !name.startsWith('late-packages'))
      .map(({ name }) => path.join(place, name)),
  );
  expect(files.length).toBeGreaterThan(8);
  const isWordy = (file: string): boolean => /[\u0080-\uffff]|^ *\/\*\*/m.test(readFileSync(file, 'utf8'));
  expect(files.filter(isWordy)).toEqual([]);
});
