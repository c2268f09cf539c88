/** `npm start` without npm and the build: the arguments of the example session, its exit codes and what it writes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseArguments } from '../../examples/cli/arguments.ts';
import { DigestVerifier } from '../support/digest-server.ts';
import { serveAll } from '../support/listening.ts';

const root = path.join(import.meta.dirname, '../..');
const script = [
  path.join(root, 'node_modules/tsx/dist/cli.mjs'),
  '--tsconfig',
  path.join(root, 'examples/tsconfig.json'),
  path.join(root, 'examples/session/main.ts'),
];

let origin = '';
let directory = '';
const seen: IncomingMessage[] = [];
const verifier = new DigestVerifier({ user: 'me', password: 'secr:et', algorithm: 'SHA-256', qop: 'auth' });
/** Path → challenge, and whether an answer is right, of who must say who asks. */
const CLOSED: Readonly<Record<string, [() => string, (authorization: string) => boolean]>> = {
  '/basic': [
    () => 'Basic realm="closed"',
    (authorization) => authorization === `Basic ${Buffer.from('me:secr:et').toString('base64')}`,
  ],
  '/digest': [
    () => verifier.challenge(),
    (authorization) => verifier.refusal(authorization, 'GET', '/digest') === null,
  ],
};

/** Echoes method and body; `/missing` is a 404, `/stall` never ends, `/large` has 4 MiB. */
const server = createServer(async (request, response) => {
  seen.push(request);
  const body = await text(request);
  const [challenge, isRight] = CLOSED[request.url!] ?? [];
  if (challenge !== undefined) {
    const { authorization = '' } = request.headers;
    if (authorization !== '' && isRight!(authorization)) response.end('hello me');
    else response.writeHead(401, { 'www-authenticate': challenge() }).end();
  } else if (request.url === '/stall') response.writeHead(200, { 'content-length': '10' }).write('half');
  else if (request.url === '/large') response.end(Buffer.alloc(4 * 1024 * 1024));
  else response.writeHead(request.url === '/missing' ? 404 : 200).end(`${request.method} ${body}`);
});

serveAll(server, (at) => {
  origin = at;
});
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-test-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [...script, ...args], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout!),
    text(child.stderr!),
  ]);
  return { code, stdout, stderr };
}

const session = (...args: string[]): Promise<Outcome> => outcomeOf(start(...args));

test.each([
  ['no field', ['http://h.test/', '-H', 'abc'], /^-H "abc": expected/],
  ['options without a URL', ['-X', 'POST'], /^no URL was given/],
  ['one file for two URLs', ['http://h.test/', 'http://h.test/', '-o', 'file'], /^-o takes exactly one URL/],
  ['one head for two URLs', ['http://h.test/', 'http://h.test/', '-i'], /^-i takes exactly one URL/],
  ['two kinds of body', ['http://h.test/', '-d', 'a', '--json', '{}'], /^--json and -d are two bodies/],
  ['a head with a body', ['http://h.test/', '-I', '-d', 'a'], /^-I asks for a head/],
  ['no verification', ['http://h.test/', '-k'], /^-k: certificates are always verified.*--cacert FILE/],
])('%s is a mistake in the arguments', (_name, args, sentence) => {
  expect(() => parseArguments(args)).toThrow(sentence);
});

describe.skipIf(!existsSync(path.join(root, 'dist/node')))('the example session', () => {
  test('shows what a manager does, without bars in a pipe', async () => {
    const { code, stdout, stderr } = await session();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^34 requests, 4 failed \(4 on purpose\)/m);
    expect(stdout).not.toContain('\x1b');
  });

  test('sends what -X, -d and -H say, and writes the body and nothing else', async () => {
    const url = `${origin}/echo`;
    const args = ['-X', 'REPORT', '-d', 'text', '-H', 'X-A: 1', '-H', 'Content-Type: text/x'];
    expect(await session(url, ...args)).toEqual({ code: 0, stdout: 'REPORT text', stderr: '' });
    expect(seen.at(-1)!.headers).toMatchObject({ 'x-a': '1', 'content-type': 'text/x' });
    expect(await session(url, '-o', '-')).toEqual({ code: 0, stdout: 'GET ', stderr: '' });
    expect(await session(url, '-o', 'file')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await readFile(path.join(directory, 'file'), 'utf8')).toBe('GET ');
  });

  test('makes a body of pieces and files, with its Content-Type', async () => {
    await writeFile(path.join(directory, 'body'), 'c=3\n');
    const form = await session(`${origin}/echo`, '-d', 'a=1', '-d', 'b=2', '-d', '@body');
    expect(form.stdout).toBe('POST a=1&b=2&c=3\n');
    expect(seen.at(-1)!.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const json = await session(`${origin}/echo`, '--json', '{"a":1}');
    expect(json.stdout).toBe('POST {"a":1}');
    expect(seen.at(-1)!.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
    });
  });

  test.each(['basic', 'digest'])('says by -u who asks: %s', async (scheme) => {
    const url = `${origin}/${scheme}`;
    const right = await session(url, '-u', 'me:secr:et');
    expect([right.code, right.stdout]).toEqual([0, 'hello me']);
    // Over http everybody can read what Basic says.
    expect(right.stderr).toMatch(scheme === 'digest' ? /^$/ : /^fairlead: credentials are sent [^\n]*\n$/);
    // What nobody asks for is not sent.
    expect((await session(`${origin}/echo`, '-u', 'me:secr:et')).code).toBe(0);
    expect(seen.at(-1)!.headers).not.toHaveProperty('authorization');
    const { code, stderr } = await session(url, '-u', 'me:wrong');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^fairlead: authentication-required: GET http/m),
    ]);
    expect(stderr).not.toContain('wrong');
  });

  test('writes heads for -i and -I', async () => {
    const both = await session(`${origin}/echo`, '-i', '-L');
    expect(both.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:[^\r\n]+: [^\r\n]*\r\n)+\r\nGET $/);
    const head = await session(`${origin}/echo`, '-I');
    expect(head.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:[^\r\n]+: [^\r\n]*\r\n)+\r\n$/);
    expect(seen.at(-1)!.method).toBe('HEAD');
  });

  test('shows a table for several URLs', async () => {
    const { code, stdout, stderr } = await session(`${origin}/echo`, `${origin}/missing`);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^2 requests, 1 failed/m)]);
    expect(stderr).toMatch(/^fairlead: content-not-found: .*\/missing/);
  });

  test('explains itself', async () => {
    expect(await session('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^usage: fairlead URL/),
    });
    expect(await session('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test('that fails has exit code 1, says why and leaves the file as it was', async () => {
    await writeFile(path.join(directory, 'file'), 'older');
    const { code, stderr } = await session(`${origin}/missing`, '-o', 'file');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^fairlead: content-not-found: ./)]);
    expect(await readFile(path.join(directory, 'file'), 'utf8')).toBe('older');
    expect(await readdir(directory)).toEqual(['file']);
  });

  test('with a file that cannot be written says so', async () => {
    expect(await session(`${origin}/echo`, '-o', 'no/such/directory')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^fairlead: ENOENT: [^\n]*\n$/),
    });
  });

  test.each([
    ['no URL', ['nonsense'], /^fairlead: URL/],
    ['no field name', ['{origin}/echo', '-H', 'a b: c'], /^fairlead: headers: "a b"/],
    ['-k, which is refused with its reason', ['{origin}/echo', '-k'], /^fairlead: .*-k.*--cacert/],
    ['an option that does not exist', ['--nope'], /^fairlead: .*nope.*\nusage: /],
  ])('with %s is a sentence and exit code 2', async (_name, args, sentence) => {
    const { code, stderr } = await session(...args.map((arg) => arg.replace('{origin}', origin)));
    expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('whose reader goes away ends without a word of it', async () => {
    const child = start(`${origin}/large`, '-o', '-');
    child.stdout!.once('data', () => child.stdout!.destroy());
    const [[code], stderr] = await Promise.all([
      once(child, 'close') as Promise<[number]>,
      text(child.stderr!),
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('EPIPE')]);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('ends cleanly with Ctrl-C', async () => {
    const asked = once(server, 'request');
    const child = start(`${origin}/stall`, '-o', 'file');
    const outcome = outcomeOf(child);
    await asked;
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({ code: 130, stderr: expect.stringContaining('operation-canceled') });
    expect(await readdir(directory)).toEqual([]);
  });
});
