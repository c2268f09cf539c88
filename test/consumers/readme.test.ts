/** The programs of the README do what it says, on every Node that is promised, against a server on loopback. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { programsOf } from './documentation.ts';

const { directory, nodes } = inject('consumer');
const run = promisify(execFile);
const place = join(directory, 'readme');
const PROGRAMS = programsOf('README.md');

const server = createServer(async (request, response) => {
  const answer = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (request.url === '/users/1') answer(200, { name: 'Ada' });
  else if (request.url === '/notes') answer(201, { ...((await json(request)) as object), id: 1 });
  else if (request.url === '/large.bin') response.end(Buffer.alloc(1_000_000, 1));
  else answer(404, {});
});

beforeAll(async () => {
  mkdirSync(place, { recursive: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(place, { recursive: true, force: true });
});

/** What each program writes, in its order. */
const OUTPUT = [
  /^\{ name: 'Ada' \}\n$/,
  /^\{ text: 'hi', id: 1 \} 201\n$/,
  /^(\d+ of 1000000\n)*1000000 of 1000000\n$/,
  /^true \{ name: 'Ada' \}\n$/,
];

test('it goes from what a newcomer needs first to what is looked up', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  const marks = [
    'npm install fairlead',
    '## Four programs',
    '## What a reply is',
    '## Where it runs',
    '**Not yet**',
    '## How it compares',
    '## What it does',
    '## Try it',
    '## Work on it',
  ];
  const places = marks.map((mark) => text.indexOf(mark));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('there is an output for each', () => {
  expect(PROGRAMS).toHaveLength(OUTPUT.length);
});

const cases = Object.entries(nodes).flatMap(([version, node]) =>
  PROGRAMS.map((program, index) => [index + 1, version, { program, node, output: OUTPUT[index]! }] as const),
);

test.each(cases)('program %i on Node %s', async (index, version, { program, node, output }) => {
  const { port } = server.address() as AddressInfo;
  const local = program.replace(/https:\/\/\w+\.example/g, `http://127.0.0.1:${port}`);
  const file = join(place, `program-${index}-${version}.mjs`);
  // As it stands there: a newcomer has no compiler.
  writeFileSync(file, local);
  const { stdout, stderr } = await run(node, [file], { cwd: place });
  expect(stderr).toBe('');
  expect(stdout).toMatch(output);
  if (program.includes('createWriteStream'))
    expect(readFileSync(join(place, 'large.bin'))).toHaveLength(1_000_000);
});
