import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { FileStore } from '../../platform/node/files/file-store.ts';
import { testStore } from '../suites/store.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-file-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let directories = 0;
const freshFile = (): string => path.join(root, String(directories++), 'store.json');

function setup(file = freshFile()) {
  const faults: Error[] = [];
  return { file, faults, store: new FileStore({ file, onFault: (fault) => faults.push(fault) }) };
}

testStore('FileStore', {
  open: (name) => new FileStore({ file: path.join(root, 'suite', `${name}.json`) }),
  cleanUp: async () => rmSync(path.join(root, 'suite'), { recursive: true, force: true }),
});

describe('the file', () => {
  test('is text with a format mark, and leaves no litter beside it', async () => {
    const { file, store } = setup();
    await store.apply(new Map([['example.com', { expiry: 1 }]]));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      format: 'fairlead store',
      version: 1,
      entries: [['example.com', { expiry: 1 }]],
    });
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['store.json', 'store.json.lock']);
    expect(readdirSync(`${file}.lock`)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')(
    'is readable for the user alone, as are made directories',
    async () => {
      const { file, store } = setup();
      await store.apply(new Map([['a', 1]]));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    },
  );

  test('is not made by loading', async () => {
    const { file, store } = setup();
    await store.load();
    expect(() => statSync(path.dirname(file))).toThrow('ENOENT');
  });

  test('is made anew with what is known when it vanished', async () => {
    const { file, store } = setup();
    await store.apply(new Map([['a', 1]]));
    rmSync(file);
    await store.apply(new Map([['b', 2]]));
    expect(await new FileStore({ file }).load()).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    );
  });
});

describe('unreadable content is set aside and reported, not fatal', () => {
  const valid = '{"format":"fairlead store","version":1,"entries":[["a",1]]}';
  const rows: [string, string | Uint8Array][] = [
    ['a blank', ' '],
    ['binary', new Uint8Array([0, 255, 254, 7])],
    ['torn in the middle', valid.slice(0, 30)],
    ['torn at the end', valid.slice(0, -1)],
    ['no object', 'null'],
    ['another format', valid.replace('fairlead store', 'store')],
    ['another version', valid.replace('"version":1', '"version":2')],
    ['entries missing', '{"format":"fairlead store","version":1}'],
    ['an entry without key', valid.replace('["a",1]', '[1,1]')],
    ['an entry that is no pair', valid.replace('["a",1]', '["a"]')],
    ['an entry that is no array', valid.replace('["a",1]', '"ab"')],
  ];

  test.each(rows)('%s, found by load', async (_name, content) => {
    const { file, store, faults } = setup();
    mkdirSync(path.dirname(file));
    writeFileSync(file, content);
    expect(await store.load()).toEqual(new Map());
    expectSetAside(file, content, faults);
    await store.apply(new Map([['b', 2]]));
    expect(await new FileStore({ file }).load()).toEqual(new Map([['b', 2]]));
  });

  test.each(rows)('%s, found by apply, which keeps what it knew', async (_name, content) => {
    const { file, store, faults } = setup();
    await store.apply(new Map([['known', 1]]));
    writeFileSync(file, content);
    await store.apply(new Map([['b', 2]]));
    expectSetAside(file, content, faults);
    expect(await new FileStore({ file }).load()).toEqual(
      new Map([
        ['known', 1],
        ['b', 2],
      ]),
    );
  });

  function expectSetAside(file: string, content: string | Uint8Array, faults: Error[]): void {
    const aside = readdirSync(path.dirname(file)).filter((name) => /^store\.json\.corrupt-\d+$/.test(name));
    expect(aside).toHaveLength(1);
    expect(readFileSync(path.join(path.dirname(file), aside[0]!))).toEqual(Buffer.from(content));
    expect(faults).toHaveLength(1);
    expect(faults[0]!.message).toContain(aside[0]);
  }
});

describe('errors of the disk', () => {
  test('an empty file is an empty store', async () => {
    const { file, store, faults } = setup();
    mkdirSync(path.dirname(file));
    writeFileSync(file, '');
    expect(await store.load()).toEqual(new Map());
    await store.apply(new Map([['a', 1]]));
    writeFileSync(file, '');
    await store.apply(new Map([['b', 2]]));
    expect(new Set((await store.load()).keys())).toEqual(new Set(['a', 'b']));
    expect(faults).toEqual([]);
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['store.json', 'store.json.lock']);
  });

  test('an unreadable file rejects load, and apply does not overwrite it', async () => {
    const { file, store } = setup();
    mkdirSync(file, { recursive: true });
    await expect(store.load()).rejects.toThrow('EISDIR');
    await expect(store.apply(new Map([['a', 1]]))).rejects.toThrow('EISDIR');
    expect(statSync(file).isDirectory()).toBe(true);
  });

  test('a directory that cannot be made rejects apply, and a later one works once it can', async () => {
    const { file, store } = setup();
    writeFileSync(path.dirname(file), 'in the way');
    await expect(store.apply(new Map([['a', 1]]))).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(path.dirname(file));
    await store.apply(new Map([['b', 2]]));
    expect(await store.load()).toEqual(new Map([['b', 2]]));
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'a read-only directory rejects apply and can be loaded from',
    async () => {
      const { file, store } = setup();
      await store.apply(new Map([['a', 1]]));
      const { chmodSync } = await import('node:fs');
      chmodSync(path.dirname(file), 0o500);
      chmodSync(`${file}.lock`, 0o500);
      await expect(store.apply(new Map([['b', 2]]))).rejects.toThrow('EACCES');
      expect(await new FileStore({ file }).load()).toEqual(new Map([['a', 1]]));
      chmodSync(path.dirname(file), 0o700);
      chmodSync(`${file}.lock`, 0o700);
    },
  );

  test('watching what is no directory is no fault: it only makes changes come faster', async () => {
    const { file, store, faults } = setup();
    writeFileSync(path.dirname(file), 'in the way');
    store.watch(() => {})();
    await Promise.resolve();
    expect(faults).toEqual([]);
  });
});
