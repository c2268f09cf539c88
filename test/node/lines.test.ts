import { createServer, type ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { NetworkError } from '../../src/error.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
  cleanup.add(() => manager.close());
});

/** A server whose answers `answer` gives. */
async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = await cleanup.listen(createServer((_, response) => answer(response)));
  return `http://127.0.0.1:${portOf(server)}/`;
}

async function collected<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('lines()', () => {
  test('come as they arrive', async () => {
    let last: ServerResponse | undefined;
    const url = await serve((response) => {
      last = response;
      response.write('one\ntw');
    });
    const lines = manager.get(url).lines();
    expect(await lines.next()).toEqual({ done: false, value: 'one' });
    last?.end('o\r\n\nfour');
    expect(await collected(lines)).toEqual(['two', '', 'four']);
  });

  test('a character that is split between two chunks is one', async () => {
    const bytes = Buffer.from('é€😀\n');
    const url = await serve((response) => {
      const send = (at: number): void => {
        if (at === bytes.length) response.end();
        else response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1));
      };
      send(0);
    });
    expect(await collected(manager.get(url).lines())).toEqual(['é€😀']);
  });

  test('leaving the loop ends the request', async () => {
    const closed = withResolvers();
    const url = await serve((response) => {
      response.on('close', closed.resolve);
      response.write('one\ntwo\n');
    });
    const reply = manager.get(url);
    for await (const line of reply.lines()) {
      expect(line).toBe('one');
      break;
    }
    await closed.promise;
    expect(reply.error?.code).toBe('operation-canceled');
  });

  test('so does return() while a line is awaited', async () => {
    const url = await serve((response) => response.write('one\n'));
    const reply = manager.get(url);
    const lines = reply.lines();
    await lines.next();
    const awaited = lines.next();
    await lines.return();
    expect(await awaited).toEqual({ done: true, value: undefined });
    expect(reply.isFinished).toBe(true);
  });

  test('a status of 400 and above rejects as it does for text(), with the body', async () => {
    const url = await serve((response) => response.writeHead(404).end('no\nthing'));
    const error = await collected(manager.get(url).lines()).catch((thrown: NetworkError) => thrown);
    expect(error).toMatchObject({ code: 'content-not-found', status: 404 });
    expect(Buffer.from((error as NetworkError).body!).toString()).toBe('no\nthing');
    expect(await collected(manager.get({ url, throwHttpErrors: false }).lines())).toEqual(['no', 'thing']);
  });

  test('a line that is too long is an error, and the request ends', async () => {
    const url = await serve((response) => response.write('x'.repeat(100)));
    const reply = manager.get(url);
    const lines = reply.lines({ maximumLineLength: 99 });
    await expect(lines.next()).rejects.toMatchObject({
      code: 'unknown-content',
      message: expect.stringContaining('a line is longer than 99 characters'),
    });
    expect(reply.isFinished).toBe(true);
  });

  test('a failure in mid-stream shows after the lines that came', async () => {
    const url = await serve((response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('one\ntwo', () => setImmediate(() => response.destroy()));
    });
    const lines = manager.get(url).lines();
    expect(await lines.next()).toEqual({ done: false, value: 'one' });
    await expect(lines.next()).rejects.toMatchObject({ code: 'remote-host-closed' });
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });

  test('there is one reader of a body', async () => {
    const url = await serve((response) => response.end('one\n'));
    const reply = manager.get(url);
    const text = reply.text();
    await expect(reply.lines().next()).rejects.toThrow(TypeError);
    expect(await text).toBe('one\n');
  });

  test('a misspelt option is refused', async () => {
    const reply = manager.get('data:,a');
    expect(() => reply.lines({ maximumLineLenght: 1 } as never)).toThrow(/maximumLineLength/);
    await reply.completed;
  });
});

describe('jsonLines()', () => {
  test('a value a line, empty lines left out', async () => {
    const url = await serve((response) => response.end('{"a":1}\n\n \r\n[2]\n"three"'));
    expect(await collected(manager.get(url).jsonLines())).toEqual([{ a: 1 }, [2], 'three']);
  });

  test('each is checked by the schema', async () => {
    const url = await serve((response) => response.end('1\n2\n"x"\n'));
    const numbers = {
      '~standard': {
        version: 1 as const,
        validate: (value: unknown) =>
          typeof value === 'number' ? { value: value * 10 } : { issues: [{ message: 'no number' }] },
      },
    };
    const values: number[] = [];
    const reading = (async () => {
      for await (const value of manager.get(url).jsonLines(numbers)) values.push(value);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'unknown-content',
      message: expect.stringContaining('no number'),
    });
    expect(values).toEqual([10, 20]);
  });

  test('what is no JSON is an error that shows it', async () => {
    const url = await serve((response) => response.end('1\n{"a":\n'));
    await expect(collected(manager.get(url).jsonLines())).rejects.toMatchObject({
      code: 'unknown-content',
      message: expect.stringMatching(/is not JSON/),
    });
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
