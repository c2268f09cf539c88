import { expect, test } from 'vitest';
import { fingerprint } from '../../../platform/node/dial/fingerprint.ts';

test('equal data have one fingerprint, whatever the order', () => {
  const bytes = () => Uint8Array.of(1, 2);
  expect(fingerprint({ a: 1, b: [bytes()] })).toBe(fingerprint({ b: [bytes()], a: 1 }));
  expect(fingerprint({ a: 'b' })).not.toBe(fingerprint({ ab: '' }));
});

test('a function is equal to itself alone: others of its text may know other things', () => {
  const of = (cert: string) => ({ proxy: { tls: { cert: () => cert } } });
  const one = of('one');
  expect(fingerprint(one)).toBe(fingerprint(copyOf(one)));
  expect(fingerprint(one)).not.toBe(fingerprint(of('other')));
});

function copyOf({ proxy }: { readonly proxy: { readonly tls: object } }) {
  return { proxy: { tls: { ...proxy.tls } } };
}
