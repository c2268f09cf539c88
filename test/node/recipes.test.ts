/** Recipes of docs/recipes.md do what they say, each in a process of its own, against a server on loopback. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { serveAll } from '../support/listening.ts';
import { compileRecipes, recipe } from '../support/recipes.ts';

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'recipes-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => unknown;

/** What was sent: the method, the path, the body. */
let seen: { readonly line: string; readonly body: Buffer; readonly fields: IncomingMessage['headers'] }[];
const times = new Map<string, number>();
beforeEach(() => {
  seen = [];
  times.clear();
});

const ok: Answer = (_, response) => response.end();
const busyAtFirst: Answer = (_, response, nth) =>
  nth === 0 ? response.writeHead(503, { 'retry-after': '0' }).end() : response.end('fine');
const sse = (response: ServerResponse, text: string): unknown =>
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);

const json = (response: ServerResponse, value: unknown): unknown =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const ANSWERS: Readonly<Record<string, Answer>> = {
  'GET /users/1': (_, response) => json(response, { id: 1, born: '1815-12-10' }),
  'POST /users': (_, response) => response.writeHead(201).end(),
  'GET /v1/users?page=2&role=admin&role=owner': (_, response) => json(response, ['Ada']),
  'POST /v1/users': (_, response) => response.writeHead(201, { location: '/v1/users/7' }).end(),
  'POST /login': (_, response) => response.writeHead(204, { 'set-cookie': 'id=1; Max-Age=99' }).end(),
  'GET /': (_, response) => response.writeHead(302, { location: '/moved' }).end(),
  'GET /moved': (_, response) => response.end('here'),
  'GET /users': ok,
  'GET /status': busyAtFirst,
  'POST /orders': busyAtFirst,
  'HEAD /file': (_, response) => response.writeHead(200, { 'content-length': '5' }).end(),
  'GET /report': () => {},
  'GET /me': ({ headers }, response) => {
    const isKnown = headers.authorization === 'Bearer renewed' && headers['x-signature'] !== undefined;
    if (isKnown) response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"Ada"}');
    else response.writeHead(401).end();
  },
  'POST /refresh': (_, response) => response.end('renewed'),
  'GET /large.bin': (_, response) => response.end(Buffer.alloc(1_000_000, 1)),
  'HEAD /large.bin': (_, response) => response.writeHead(200, { 'content-length': '1000000' }).end(),
  'GET /mostly-zeros.csv.gz': (_, response) => {
    const zeros = Buffer.concat([Buffer.alloc(11 * 1024 * 1024), Buffer.from('\n\n\n')]);
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(zeros));
  },
  'GET /film.mp4': ({ headers }, response) => {
    const known = { etag: '"film"', 'accept-ranges': 'bytes' };
    if (headers.range === 'bytes=2-' && headers['if-range'] === '"film"')
      response.writeHead(206, { ...known, 'content-range': 'bytes 2-4/5', 'content-length': '3' }).end('llo');
    else response.writeHead(200, { ...known, 'content-length': '5' }).write('he', () => response.destroy());
  },
  'PUT /cat.jpg': ok,
  'PUT /film.mp4': ok,
  'POST /form': ok,
  'GET /build.log': (_, response) => response.end('one\ntwo\r\nthree'),
  'GET /log.ndjson': (_, response) =>
    response.end('{"level":"info","text":"hi"}\n{"level":"warn","text":"oh"}\n'),
  'GET /news': ({ headers }, response) => {
    if (headers.accept !== 'text/event-stream')
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end('news');
    else if (headers['last-event-id'] === '7') sse(response, 'event: bye\ndata: 2\n\n');
    else sse(response, 'retry: 1\nid: 7\ndata: 1\n\n');
  },
  'POST /chat': (_, response) => sse(response, 'data: Because\n\ndata: [DONE]\n\n'),
};

const server = createServer(async (request, response) => {
  const line = `${request.method} ${request.url}`;
  const nth = times.get(line) ?? 0;
  times.set(line, nth + 1);
  response.on('error', () => {});
  seen.push({ line, body: await buffer(request).catch(() => Buffer.alloc(0)), fields: request.headers });
  (ANSWERS[line] ?? ((_, missing) => missing.writeHead(404).end()))(request, response, nth);
});
let origin: string;
serveAll(server, (at) => {
  origin = at;
});

interface Recipe {
  /** Words that no other program has. */
  readonly words: string;
  readonly output: RegExp;
  /** What is written in another way, so that it takes no half a minute, or fits the server. */
  readonly changed?: readonly [string, string];
  readonly proof?: (place: string) => void;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  'JSON with a schema': {
    words: 'const User = z.object',
    output: /^1815\n$/,
    proof: () => expect(seen.at(-1)!.body.toString()).toBe('{"name":"Ada"}'),
  },
  'a client of one API': {
    words: 'manager.extend({ baseUrl',
    output: /^\[ 'Ada' \] true\n\/v1\/users\/7\n$/,
    proof: () =>
      expect(seen.map(({ fields }) => fields.authorization)).toEqual(Array(2).fill('Bearer TOKEN')),
  },
  'a scheme of your own': { words: 'app: { open', output: /^you asked for \/index\.html\n$/ },
  'redirects by hand': {
    words: "redirectPolicy: 'manual'",
    output: /^http:\/\/[\d.:]+\/moved\nhere\n$/,
    changed: [".endsWith('.example')", ".endsWith('.0.0.1')"],
  },
  'the fetch of another library': { words: 'function createClient', output: /^200\n$/ },
  'a login that survives a restart': {
    words: 'new URLSearchParams({ user',
    output: /^\[ 'id of 127\.0\.0\.1' \]\n$/,
    proof: (place) => expect(readFileSync(join(place, 'state/cookies.json'), 'utf8')).toContain('127.0.0.1'),
  },
  'a cache, and no network': { words: "cacheLoadControl: 'always-cache'", output: /^network .*\nnews\n$/s },
  'what is tried again': {
    words: 'idempotencyKey: true',
    output: /^2 .*503.* \d+\nfine 2\n200 5\n$/,
    proof: () => {
      const keys = seen
        .filter(({ line }) => line === 'POST /orders')
        .map(({ fields }) => fields['idempotency-key']);
      expect([keys.length, new Set(keys).size, typeof keys[0]]).toEqual([2, 1, 'string']);
    },
  },
  'timeouts by name': {
    words: 'timeouts: { connect: 5_000, firstByte: 20_000',
    output: /^firstByte 50 \{.* firstByte: \d+ \}\n$/,
    changed: ['firstByte: 20_000', 'firstByte: 50'],
  },
  interceptors: {
    words: 'bearerToken, type Interceptor',
    output: /\{ name: 'Ada' \}\n$/,
    proof: () => expect(seen.map(({ line }) => line)).toEqual(['GET /me', 'POST /refresh', 'GET /me']),
  },
  'a body to the disk': {
    words: "priority: 'low' });\nreply.on('downloadProgress'",
    output: /^(\d+ %\n)*100 %\n$/,
    proof: (place) => expect(readFileSync(join(place, 'large.bin'))).toHaveLength(1_000_000),
  },
  'bodies that are too large': { words: 'mostly-zeros', output: /^3\n$/ },
  'status and fields': { words: "manager.head('https://cdn", output: /^1000000\n200\n$/ },
  'a download': {
    words: "download(manager, 'https://files.example/film.mp4', {\n  to: 'film.mp4'",
    output: /again 2 .*\n(.* of 5\n)*\S*film\.mp4 5 true sha-256=:LPJNul\S*\n$/,
    proof: (place) => {
      expect(readFileSync(join(place, 'film.mp4'), 'utf8')).toBe('hello');
      expect(existsSync(join(place, 'film.mp4.fairlead-part'))).toBe(false);
    },
  },
  uploads: {
    words: "import { openAsBlob } from 'node:fs'",
    output: /^(\d+ of 9\n)*9 of 9\n$/,
    proof: () => {
      const [cat, form, film, parts] = seen;
      expect(seen.map(({ line }) => line)).toEqual([
        'PUT /cat.jpg',
        'POST /form',
        'PUT /film.mp4',
        'POST /form',
      ]);
      expect([cat!.body.toString(), film!.body.toString()]).toEqual(['a picture', 'an old film']);
      expect(form!.body.toString()).toMatch(/name="picture"; filename="cat\.jpg".*a picture/s);
      expect(parts!.body.toString()).toMatch(/name="?film"?; filename="?film\.mp4"?.*an old film/s);
    },
  },
  'lines and events': {
    words: 'jsonLines(Entry)',
    output: /^one\ntwo\nthree\ninfo hi\nwarn oh\nmessage 1 7\nbye 2 7\nBecause\n$/,
  },
};

const fileOf = (name: string): string => name.replace(/\W/g, '-');

beforeAll(async () => {
  const programs = Object.entries(RECIPES).map(([name, { words, changed }]) => {
    const text = recipe(words, changed === undefined ? {} : { [changed[0]]: changed[1] });
    return [fileOf(name), text.replace(/https:\/\/\w+\.example/g, origin)] as const;
  });
  await compileRecipes(root, Object.fromEntries(programs));
}, 60_000);

test.each(Object.keys(RECIPES))('%s', async (name) => {
  const { output, proof } = RECIPES[name]!;
  const place = join(root, `in-${fileOf(name)}`);
  mkdirSync(place);
  writeFileSync(join(place, 'cat.jpg'), 'a picture');
  if (name === 'uploads') writeFileSync(join(place, 'film.mp4'), 'an old film');
  const program = join(root, `${fileOf(name)}.mjs`);
  const { stdout } = await run(process.execPath, [program], { cwd: place });
  expect(stdout).toMatch(output);
  proof?.(place);
});
