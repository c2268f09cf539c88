import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_BODY_LIMIT, NetworkError } from '../../src/index.ts';
import { managerOver, NODE_TRANSPORTS } from '../support/list-bench.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const BLOCK = Buffer.alloc(64 * 1024, 'x');

/** A body that does not end, with the status that the path names; `?gzip` compressed, so that little arrives of much. */
const endless: Route = ({ response, argument, url }) => {
  const isEncoded = url.searchParams.has('gzip');
  response.writeHead(Number(argument), isEncoded ? { 'content-encoding': 'gzip' } : {});
  const target = isEncoded ? createGzip() : response;
  if (target !== response) target.pipe(response);
  const write = (): void => {
    while (!response.destroyed) if (!target.write(BLOCK)) return void target.once('drain', write);
  };
  write();
};

const announced: Route = ({ response }) => {
  response.writeHead(200, { 'content-length': 1e6 });
  response.write('x');
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ routes: { endless, announced } });
});
afterAll(() => server.close());

describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
  const manager = managerOver(makeTransport);
  const off = { decompressedSafetyCheckThreshold: -1 };
  const get = (path: string, options = {}) =>
    manager().get({ url: server.origin + path, ...off, ...options });
  const failureOf = async (promise: Promise<unknown>) =>
    (await promise.then(
      () => null,
      (error: unknown) => error,
    )) as NetworkError;

  test.each(['/endless/404', '/endless/500', '/endless/404?gzip'])(
    'the error of %s comes with the first 64 KiB of its body',
    async (path) => {
      const reply = get(path);
      const [text, json] = [failureOf(reply.text()), failureOf(get(path).json())];
      for (const error of [await text, await json]) {
        expect(error).toBeInstanceOf(NetworkError);
        expect(error.status).toBe(Number(path.slice(9, 12)));
        expect(error.body).toHaveLength(ERROR_BODY_LIMIT);
      }
      expect(reply.isFinished).toBe(true);
    },
  );

  test.each(['/endless/200', '/endless/200?gzip', '/endless/404', '/announced'])(
    'maximumBodySize ends %s, however it is read',
    async (path) => {
      const options = { maximumBodySize: 100_000, throwHttpErrors: false };
      const expected = {
        code: 'unknown-content',
        message: expect.stringContaining('maximumBodySize'),
      };
      expect(await failureOf(get(path, options).text())).toMatchObject(expected);
      expect(await failureOf(get(path, options).completed)).toMatchObject(expected);
      const reply = get(path, options);
      let read = 0;
      const iterate = async () => {
        for await (const chunk of reply) read += chunk.length;
      };
      expect(await failureOf(iterate())).toMatchObject(expected);
      expect(read).toBeLessThanOrEqual(100_000);
      manager().maximumBodySize = 100_000;
      const response = await manager().fetch(server.origin + path);
      expect(await failureOf(response.arrayBuffer())).toMatchObject({ name: 'TypeError', cause: expected });
    },
  );

  test('the slots of such requests are free', async () => {
    for (let i = 0; i < 8; i++) {
      await failureOf(get('/endless/404').text());
      await failureOf(get('/endless/200', { maximumBodySize: 1000 }).text());
    }
  });

  test('a stream has no limit by default', async () => {
    let read = 0;
    for await (const chunk of get('/endless/200')) {
      read += chunk.length;
      if (read > 300 * 1024 * 1024) break;
    }
    expect(read).toBeGreaterThan(300 * 1024 * 1024);
  });

  test('what is collected has one of 256 MiB', async () => {
    expect(await failureOf(get('/endless/200').bytes())).toMatchObject({
      code: 'unknown-content',
      message: expect.stringContaining('maximumBodySize'),
    });
  });
});
