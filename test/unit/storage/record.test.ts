import { describe, expect, test } from 'vitest';
import { isEntryRecord } from '../../../platform/browser/indexeddb-cache/records.ts';
import { METADATA_VERSION } from '../../../src/cache/storage/metadata.ts';
import { metadataFromRecord } from '../../../src/cache/storage/metadata-record.ts';
import { fromElectronCookie } from '../../../src/cookies/electron.ts';
import { DEFAULT_COOKIE_LIMITS } from '../../../src/cookies/limits.ts';
import { fromRecord } from '../../../src/cookies/record.ts';
import { fromToughCookieJson } from '../../../src/cookies/tough-cookie.ts';
import { fromStored } from '../../../src/hsts/known-hosts.ts';

const COOKIE = {
  value: 'v',
  expires: null,
  secure: true,
  httpOnly: false,
  sameSite: 'lax',
  creationTime: 1,
  lastAccessTime: 2,
};
const METADATA = {
  version: METADATA_VERSION,
  url: 'http://h.test/',
  status: 200,
  reason: 'OK',
  httpVersion: '1.1',
  headers: ['a', 'b'],
  selecting: ['accept', null],
  credentials: '',
  requestTime: 1,
  responseTime: 2,
  encrypted: false,
  part: { first: 0, total: 1 },
  fidelity: 'exact',
};
const TOUGH = { key: 'a', value: 'b', domain: 'h.test', path: '/' };
const ENTRY = { schema: 1, id: 'x', length: 3, size: 4, used: 5, checksums: [6], metadata: METADATA };

type Judge = (record: never) => unknown;

/** Who judges, a sound record, and the names without which, or with another type of which, it is none. */
const KINDS: readonly [string, Judge, object, readonly string[]][] = [
  [
    'a cookie of a store',
    (record) => fromRecord('["",".h.test","/","a"]', record, 3, DEFAULT_COOKIE_LIMITS),
    COOKIE,
    Object.keys(COOKIE),
  ],
  [
    'an HSTS host',
    (record) => fromStored('h.test', record),
    { expiry: 1, includeSubDomains: true },
    ['expiry', 'includeSubDomains'],
  ],
  ['the metadata of a response', metadataFromRecord, METADATA, Object.keys(METADATA)],
  ['an entry of IndexedDB', (record) => isEntryRecord(record) || null, ENTRY, Object.keys(ENTRY)],
  [
    "an entry of tough-cookie's",
    (record) => fromToughCookieJson({ cookies: [record] }, 3)[0] ?? null,
    TOUGH,
    ['domain'],
  ],
  [
    'a cookie of Electron’s',
    (record) => {
      try {
        return fromElectronCookie(record);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        return null;
      }
    },
    { name: 'a', value: 'b', domain: 'h.test', expirationDate: 5 },
    ['name', 'value'],
  ],
];

describe.each(KINDS)('%s', (_name, judge, sound, names) => {
  const judged = (record: unknown): unknown => judge(record as never);

  test('is taken when it is sound, whatever else is in it', () => {
    expect(judged(sound)).not.toBeNull();
    expect(judged({ ...sound, more: { __proto__: 1 } })).not.toBeNull();
  });

  test('is nothing without its parts, or with others in their place', () => {
    for (const name of names) {
      const { [name]: _, ...rest } = sound as Record<string, unknown>;
      expect([name, judged(rest)]).toEqual([name, null]);
      for (const other of [{}, Symbol('x'), Number.NaN, undefined, 10n])
        expect([name, judged({ ...sound, [name]: other })]).toEqual([name, null]);
    }
  });

  test.each([[null], [undefined], ['text'], [1], [[]], [true]])('is not %j', (record) => {
    expect(judged(record)).toBeNull();
  });
});

test.each<[string, object]>([
  ['fields without a value', { headers: ['a'] }],
  ['a selecting field without a name', { selecting: [null, 'a'] }],
  ['a part that begins behind its end', { part: { first: 1, total: 1 } }],
  ['a negative status', { status: -1 }],
  ['half a status', { status: 200.5 }],
  ['another version', { version: 2 }],
  ['current for ever', { outdated: false }],
])('metadata with %s is none', (_name, change) => {
  expect(metadataFromRecord({ ...METADATA, ...change })).toBeNull();
});
