import { describe, expect, test } from 'vitest';
import { type Issuing, trustedPaths } from '../../../src/tls/certificate-paths.ts';

/** `'leaf<between'`: a certificate of leaf by between. */
const ISSUING: Issuing<string> = {
  idOf: (certificate) => certificate,
  hasIssued: (issuer, certificate) => certificate.split('<')[1] === issuer.split('<')[0],
};

function paths(sent: readonly string[], anchors: readonly string[]): string[] {
  return trustedPaths(sent[0]!, sent, () => anchors, ISSUING).map((path) => path.join(' '));
}

describe('the ways to what is trusted', () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['direct', ['a<root'], ['root<root'], ['a<root root<root']],
    ['over one between', ['a<b', 'b<root'], ['root<root'], ['a<b b<root root<root']],
    [
      'whatever order they were sent in',
      ['a<b', 'c<root', 'x<y', 'b<c'],
      ['root<root'],
      ['a<b b<c c<root root<root'],
    ],
    ['to itself', ['a<a'], ['a<a'], ['a<a']],
    ['to a trusted one that was sent', ['a<b', 'b<root'], ['b<root'], ['a<b b<root']],
    [
      'over a cross-signed one',
      ['a<b', 'b<r1', 'b<r2'],
      ['r1<r1', 'r2<r2'],
      ['a<b b<r1 r1<r1', 'a<b b<r2 r2<r2'],
    ],
    ['none', ['a<b', 'pinned<root'], ['root<root'], []],
    ['none, in a circle', ['a<b', 'b<a'], ['root<root'], []],
  ])('%s', (_name, sent, anchors, found) => {
    expect(paths(sent, anchors)).toEqual(found);
  });

  test('are looked for with a bound: each signature is verified once, of certificates that have all signed each other, too', () => {
    let asked = 0;
    const all = Array.from({ length: 16 }, (_, index) => `${index}`);
    const found = trustedPaths('0', all, () => [], {
      idOf: (certificate) => certificate,
      hasIssued: () => ++asked > 0,
    });
    expect(found).toEqual([]);
    expect(asked).toBeLessThanOrEqual(all.length ** 2);
  });
});
