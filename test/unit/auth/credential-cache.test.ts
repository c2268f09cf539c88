import { describe, expect, test } from 'vitest';
import {
  CredentialCache,
  type KnownSpace,
  serverKey,
  sourceKey,
} from '../../../src/auth/credential-cache.ts';

const SERVER = 'https://origin.test';

function space(realm: string, paths: readonly string[] = ['/']): KnownSpace {
  return { realm, paths, session: { realm } } as unknown as KnownSpace;
}

describe('what servers can make it keep is bounded, and what was learned first goes first:', () => {
  test('servers', () => {
    const cache = new CredentialCache();
    for (let i = 0; i < 1000; i++) cache.set(`${SERVER}:${i}`, space('r'));
    const kept = Array.from({ length: 1000 }, (_, i) => i).filter((i) => cache.knows(`${SERVER}:${i}`));
    expect([kept.length, kept[0]]).toEqual([500, 500]);
  });

  test('realms of a server', () => {
    const cache = new CredentialCache();
    for (let i = 0; i < 100; i++) cache.set(SERVER, space(`${i}`));
    const kept = Array.from({ length: 100 }, (_, i) => i).filter((i) => cache.get(SERVER, `${i}`) !== null);
    expect([kept.length, kept[0]]).toEqual([20, 80]);
  });

  test('paths of a realm', () => {
    const cache = new CredentialCache();
    for (let i = 0; i < 100; i++) cache.set(SERVER, space('r', [`/${i}`]));
    expect(cache.get(SERVER, 'r')!.paths).toEqual(Array.from({ length: 50 }, (_, i) => `/${99 - i}`));
  });
});

test.each([
  ['/', 'root'],
  ['/a', 'a'],
  ['/a/x', 'a'],
  ['/a/b/x', 'b'],
  ['/ab', 'root'],
  ['/twice', 'second'],
])(
  'the space of %s is %s: the longest path by whole segments, the one that was learned last',
  (path, realm) => {
    const cache = new CredentialCache();
    cache.set(SERVER, space('b', ['/a/b/']));
    cache.set(SERVER, space('first', ['/twice']));
    cache.set(SERVER, space('root'));
    cache.set(SERVER, space('a', ['/a']));
    cache.set(SERVER, space('second', ['/twice']));
    expect(cache.find(SERVER, path)!.realm).toBe(realm);
    expect(cache.find('https://other.test', path)).toBeNull();
  },
);

test('what is refused is forgotten, unless others have taken its place', () => {
  const cache = new CredentialCache();
  const refused = space('r');
  cache.set(SERVER, space('r'));
  cache.forget(SERVER, 'r', refused.session);
  expect(cache.isEmpty).toBe(false);
  cache.set(SERVER, refused);
  cache.forget(SERVER, 'r', refused.session);
  expect([cache.isEmpty, cache.knows(SERVER)]).toEqual([true, false]);
});

test('who is asked, where, in which partition and by whose credentials makes a difference', () => {
  const [mine, others] = [{ credentials: {} }, { credentials: {} }].map(sourceKey) as [string, string];
  const keys = [
    serverKey({ origin: SERVER, isProxy: false }, null, sourceKey({ credentials: null })),
    serverKey({ origin: SERVER, isProxy: true }, null, ''),
    serverKey({ origin: `${SERVER}:1`, isProxy: false }, null, ''),
    serverKey({ origin: SERVER, isProxy: false }, 'https://site.test', ''),
    serverKey({ origin: SERVER, isProxy: false }, null, mine),
    serverKey({ origin: SERVER, isProxy: false }, null, others),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
