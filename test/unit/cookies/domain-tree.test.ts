import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameHash } from '../../../src/cookies/domain-node.ts';
import { DomainTree } from '../../../src/cookies/domain-tree.ts';
import { DEFAULT_COOKIE_LIMITS } from '../../../src/cookies/limits.ts';
import { domainMatches, pathMatches } from '../../../src/cookies/rules.ts';
import { StoredCookie } from '../../../src/cookies/stored-cookie.ts';

/** Two names that share a place: of some hundred thousand, a few pairs do. */
function namesakesByHash(): [string, string] {
  const byHash = new Map<number, string>();
  for (let i = 0; ; i++) {
    const name = i.toString(36);
    const hash = nameHash(name);
    const other = byHash.get(hash);
    if (other !== undefined) return [other, name];
    byHash.set(hash, name);
  }
}
const [ONE, OTHER] = namesakesByHash();

const domain = fc.constantFrom(
  'example.com',
  'a.example.com',
  'b.a.example.com',
  'c.example.com',
  'example.net',
  'com',
);
const path = fc.constantFrom('/', '/x', '/x/', '/x/y', '/y');
const identity = fc.record({
  name: fc.constantFrom(ONE, OTHER, 'b'),
  domain,
  path,
  hostOnly: fc.boolean(),
  deletes: fc.nat(3),
});

test('finds, replaces and removes what a list that is searched does', () => {
  fc.assert(
    fc.property(fc.array(identity, { maxLength: 40 }), domain, path, (actions, host, requestPath) => {
      const tree = new DomainTree();
      let list: StoredCookie[] = [];
      for (const [time, { name, deletes, ...place }] of actions.entries()) {
        const cookie = new StoredCookie(
          { name, value: `${time}` },
          { ...place, partitionKey: null, creationTime: time },
          0,
          DEFAULT_COOKIE_LIMITS,
        );
        const old = list.find(
          (one) =>
            one.name === name &&
            one.domain === place.domain &&
            one.path === place.path &&
            one.hostOnly === place.hostOnly,
        );
        expect(tree.find(cookie)).toBe(old);
        if (deletes === 0) {
          if (old !== undefined) tree.remove(old);
          list = list.filter((one) => one !== old);
        } else {
          expect(tree.node(place.domain).put(cookie)).toBe(old);
          expect(cookie.creationTime).toBe(old?.creationTime ?? time);
          list = [...list.filter((one) => one !== old), cookie];
        }
      }
      const ids = (cookies: Iterable<StoredCookie>) => Array.from(cookies, ({ value }) => value).sort();
      expect(ids(tree)).toEqual(ids(list));
      expect(tree.isEmpty).toBe(list.length === 0);

      const matching = list
        .filter(
          (one) =>
            (one.hostOnly ? one.domain === host : domainMatches(host, one.domain)) &&
            pathMatches(requestPath, one.path),
        )
        .sort((a, b) => b.path.length - a.path.length || a.creationTime - b.creationTime);
      expect(tree.matching(host, requestPath)).toEqual(matching);

      const isRelated = (one: string) => domainMatches(one, host) || domainMatches(host, one);
      expect(ids(tree.namesakes(ONE, host))).toEqual(
        ids(list.filter((one) => one.name === ONE && isRelated(one.domain))),
      );
    }),
    { numRuns: 400 },
  );
});
