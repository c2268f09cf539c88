import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

/** One table of responses, and what both transports of Node make of them. */

const OK = 'HTTP/1.1 200 OK\r\n';
const LENGTH = 'Content-Length: 2\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const BODY = '\r\nok';

/** All are `protocol-failure`. */
const REFUSED: Readonly<Record<string, string>> = {
  'control in the reason': `HTTP/1.1 200 a\x01b\r\n${LENGTH}${BODY}`,
  'escape in the reason': `HTTP/1.1 200 \x1b[31m\r\n${LENGTH}${BODY}`,
  'DEL in the reason': `HTTP/1.1 200 \x7f\r\n${LENGTH}${BODY}`,
  'bare CR in the reason': `HTTP/1.1 200 a\rb\r\n${LENGTH}${BODY}`,
  'a long reason': `HTTP/1.1 200 ${'a'.repeat(1025)}\r\n${LENGTH}${BODY}`,
  'HTTP/1.2': `HTTP/1.2 200 OK\r\n${LENGTH}${BODY}`,
  'HTTP/2.0': `HTTP/2.0 200 OK\r\n${LENGTH}${BODY}`,
  'HTTP/0.9': `HTTP/0.9 200 OK\r\n${LENGTH}${BODY}`,
  'another protocol': `ICY 200 OK\r\n${LENGTH}${BODY}`,
  'a status below 100': `HTTP/1.1 099 OK\r\n${LENGTH}${BODY}`,
  'a status of four digits': `HTTP/1.1 2000 OK\r\n${LENGTH}${BODY}`,
  'control in a value': `${OK}A: \x01\r\n${LENGTH}${BODY}`,
  'NUL in a value': `${OK}A: a\0b\r\n${LENGTH}${BODY}`,
  'DEL in a value': `${OK}A: \x7f\r\n${LENGTH}${BODY}`,
  'bare CR in a value': `${OK}A: a\rSet-Cookie: x=y\r\n${LENGTH}${BODY}`,
  'bare LF in a head': `${OK}A: a\nB: b\r\n${LENGTH}${BODY}`,
  'a name that is no token': `${OK}A"B: c\r\n${LENGTH}${BODY}`,
  'obs-text in a name': `${OK}\xe9: c\r\n${LENGTH}${BODY}`,
  'no name': `${OK}: c\r\n${LENGTH}${BODY}`,
  'no colon': `${OK}A\r\n${LENGTH}${BODY}`,
  'space before a colon': `${OK}A : b\r\n${LENGTH}${BODY}`,
  'white space before the first field': `${OK} A: b\r\n${LENGTH}${BODY}`,
  'a length that is folded': `${OK}Content-Length: 1\r\n 0\r\n\r\n0123456789`,
  'a coding that is folded': `${OK}Transfer-Encoding:\r\n chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'a large field': `${OK}A: ${'a'.repeat(110_000)}\r\n${LENGTH}${BODY}`,
  'a large head': `${OK}${`A: ${'a'.repeat(90_000)}\r\n`.repeat(3)}${LENGTH}${BODY}`,
  'a signed length': `${OK}Content-Length: +2\r\n${BODY}`,
  'a length and chunks': `${OK}${LENGTH}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'lengths that differ': `${OK}${LENGTH}Content-Length: 3\r\n${BODY}`,
  'a coding that cannot be undone': `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'chunks of HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'a chunk size of letters': `${CHUNKED}xy\r\nok\r\n0\r\n\r\n`,
  'a chunk size beyond counting': `${CHUNKED}fffffffffffffffff\r\nok\r\n0\r\n\r\n`,
  'a chunk that is longer than its size': `${CHUNKED}1\r\nok\r\n0\r\n\r\n`,
  'bare LF behind a chunk size': `${CHUNKED}2\nok\r\n0\r\n\r\n`,
  'endless extensions': `${CHUNKED}2;${'a'.repeat(20_000)}\r\nok\r\n0\r\n\r\n`,
  'control in a trailer': `${CHUNKED}2\r\nok\r\n0\r\nA: \x01\r\n\r\n`,
  'a large trailer section': `${CHUNKED}2\r\nok\r\n0\r\n${`A: ${'a'.repeat(1000)}\r\n`.repeat(80)}\r\n`,
  'too many informational responses': `${'HTTP/1.1 103 x\r\n\r\n'.repeat(21)}${OK}${LENGTH}${BODY}`,
  'control in an informational response': `HTTP/1.1 103 x\r\nA: \x01\r\n\r\n${OK}${LENGTH}${BODY}`,
  'a switch of protocols': 'HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
};

/** All are the text `ok`. */
const TAKEN: Readonly<Record<string, string>> = {
  'no reason': `HTTP/1.1 200\r\n${LENGTH}${BODY}`,
  'an empty line first': `\r\n${OK}${LENGTH}${BODY}`,
  'chunked twice': `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'chunked twice in a list': `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  '600 fields': `${OK}${'A: b\r\n'.repeat(600)}${LENGTH}${BODY}`,
  'a field of 90 000 bytes': `${OK}A: ${'a'.repeat(90_000)}\r\n${LENGTH}${BODY}`,
};

/** Taken by our own parser. llhttp refuses them, and the only switch that it has opens every other door as well. */
const REFUSED_BY_LLHTTP: Readonly<Record<string, string>> = {
  'a field that is folded': `${OK}A: b\r\n c\r\n${LENGTH}${BODY}`,
  'a length twice': `${OK}${LENGTH}${LENGTH}${BODY}`,
  'a length in a list': `${OK}Content-Length: 2, 2\r\n${BODY}`,
  'white space behind a chunk size': `${CHUNKED}2 \r\nok\r\n0\r\n\r\n`,
};

const ALL: Readonly<Record<string, string>> = {
  'LF alone': 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  ...REFUSED,
  ...TAKEN,
  ...REFUSED_BY_LLHTTP,
};

let server: RawServer;
let manager: NetworkAccessManager;

beforeAll(async () => {
  server = await startRawServer((socket, head) => {
    const name = decodeURIComponent(head.split(' ')[1]!.slice(1));
    socket.write(ALL[name] ?? `${OK}Content-Length: 5\r\n\r\nafter`, 'latin1');
  });
});
afterAll(() => server.close());
afterEach(() => manager.close());

const outcome = (name: string): Promise<string> =>
  manager
    .get(`${server.origin}/${encodeURIComponent(name)}`)
    .text()
    .catch((error) => error.code);

test('lines that end in LF alone are taken where that is asked for', async () => {
  manager = new NetworkAccessManager({ transport: new SocketTransport({ bareLineFeedAllowed: true }) });
  expect(await outcome('LF alone')).toBe('ok');
  await manager.close();
  manager = new NetworkAccessManager();
  expect(await outcome('LF alone')).toBe('protocol-failure');
});

describe.each([
  ['SocketTransport', () => new SocketTransport(), 'ok'],
  ['NodeHttpTransport', () => new NodeHttpTransport(), 'protocol-failure'],
] as const)('%s', (_name, makeTransport, ofLlhttp) => {
  test.each([
    ...Object.keys(REFUSED).map((name) => [name, 'protocol-failure'] as const),
    ...Object.keys(TAKEN).map((name) => [name, 'ok'] as const),
    ...Object.keys(REFUSED_BY_LLHTTP).map((name) => [name, ofLlhttp] as const),
  ])('%s: %s', async (name, expected) => {
    // A request that hangs would take its slot with it.
    manager = new NetworkAccessManager({ transport: makeTransport(), transferTimeout: 20_000 });
    for (let i = 0; i < 2; i++) expect(await outcome(name)).toBe(expected);
    expect(await outcome('good')).toBe('after');
  });

  test('six refusals leave no slot taken', async () => {
    manager = new NetworkAccessManager({ transport: makeTransport(), transferTimeout: 20_000 });
    for (let i = 0; i < 7; i++) {
      const url = `${server.origin}/${encodeURIComponent('control in the reason')}`;
      await expect(manager.fetch(url)).rejects.toThrow(TypeError);
    }
    expect(await outcome('good')).toBe('after');
  });
});
