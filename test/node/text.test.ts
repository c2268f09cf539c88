import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { portOf } from '../support/listening.ts';

interface Answer {
  readonly type?: string;
  readonly bytes: readonly number[] | Uint8Array;
  readonly status?: number;
  /** Where the body is cut into pieces that the client gets one by one. */
  readonly cuts?: readonly number[];
}

let answer: Answer;
let server: Server;
let url = '';
const manager = new NetworkAccessManager();
beforeAll(async () => {
  server = createServer((_, response) => {
    const { type, bytes, status = 200 } = answer;
    response.writeHead(status, type === undefined ? {} : { 'content-type': type });
    response.end(Uint8Array.from(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${portOf(server)}/`;
});
afterAll(async () => {
  await manager.close();
  server.close();
});

describe('text() is decoded as WHATWG says', () => {
  test.each<[string, Answer, string]>([
    ['no type: UTF-8', { bytes: [0xc3, 0xa9] }, 'é'],
    ['broken UTF-8', { bytes: [0xe9, 0x41] }, '\ufffdA'],
    ['a byte order mark is dropped', { bytes: [0xef, 0xbb, 0xbf, 0x41] }, 'A'],
    ['only the first', { bytes: [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x41] }, '\ufeffA'],
    ['latin1 is windows-1252', { type: 'text/plain; charset=latin1', bytes: [0xe9, 0x80] }, 'é€'],
    ['a quoted label', { type: 'text/plain; Charset="ISO-8859-2"', bytes: [0xb1] }, 'ą'],
    ['shift_jis', { type: 'text/html;charset=Shift_JIS', bytes: [0x83, 0x65] }, 'テ'],
    ['utf-16le without a mark', { type: 'text/plain;charset=utf-16', bytes: [0x41, 0] }, 'A'],
    ['utf-16be by its mark', { bytes: [0xfe, 0xff, 0, 0x41] }, 'A'],
    ['the mark wins over the type', { type: 'text/plain;charset=latin1', bytes: [0xff, 0xfe, 0x41, 0] }, 'A'],
    ['an unknown label counts as none', { type: 'text/plain;charset=klingon', bytes: [0xc3, 0xa9] }, 'é'],
    ['an empty body', { type: 'text/plain;charset=utf-16', bytes: [] }, ''],
  ])('%s', async (_, given, text) => {
    answer = given;
    expect(await manager.get(url).text()).toBe(text);
    // A body is the same text when it is read line by line.
    let joined = '';
    for await (const line of manager.get(url).lines()) joined += line;
    expect(joined).toBe(text);
  });

  test('json() is UTF-8, whatever the type says', async () => {
    answer = { type: 'application/json; charset=latin1', bytes: Buffer.from('"é"') };
    expect(await manager.get(url).json()).toBe('é');
  });

  test('so is the text of a fetch', async () => {
    answer = { type: 'text/plain; charset=latin1', bytes: Buffer.from('é') };
    expect(await (await manager.fetch(url)).text()).toBe('é');
  });
});
