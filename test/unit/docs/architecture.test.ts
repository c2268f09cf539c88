import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const files = ['src', 'platform', 'test', 'bench', 'scripts'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[mc]?[tj]s$/.test(path) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
);
const text = readFileSync('docs/architecture.md', 'utf8');
const quoted = [...new Set(Array.from(text.matchAll(/`([^`\n]+)`/g), ([, words]) => words!))];

const isPath = (words: string): boolean =>
  /^[\w./-]+\.[mc]?[tj]s$/.test(words) || /^(?:src|platform|test|bench|scripts|docs)\/[\w./-]*$/.test(words);

test('every file that docs/architecture.md names is there', () => {
  const paths = quoted.filter(isPath);
  const missing = paths.filter(
    (path) => !existsSync(path) && !files.some((file) => file.endsWith(`/${path}`)),
  );
  expect(missing).toEqual([]);
  expect(paths.length).toBeGreaterThan(50);
});

test('every name that it names is in the code', () => {
  const code = files.map((path) => readFileSync(path, 'utf8')).join('\n');
  const names = quoted
    .filter((words) => !isPath(words))
    .flatMap((words) => words.match(/[A-Za-z_]\w{3,}/g) ?? []);
  expect([...new Set(names)].filter((name) => !code.includes(name))).toEqual([]);
});
