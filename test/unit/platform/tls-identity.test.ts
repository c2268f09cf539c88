import { afterEach, expect, test } from 'vitest';
import { TlsIdentity } from '../../../platform/node/dial/tls-identity.ts';

const polluted = Object.prototype as { servername?: string; ca?: string };
afterEach(() => {
  delete polluted.servername;
  delete polluted.ca;
});

test('equal material is one identity, whatever the order', () => {
  const [one, other] = [new TlsIdentity({ ca: 'a', cert: 'b' }), new TlsIdentity({ cert: 'b', ca: 'a' })];
  expect(one.key).toBe(other.key);
  expect(new TlsIdentity({ ca: 'ab' }).key).not.toBe(new TlsIdentity({ ca: 'a', cert: 'b' }).key);
});

test('a polluted Object.prototype is no material', () => {
  polluted.servername = 'evil.test';
  polluted.ca = 'no certificate at all';
  const identity = new TlsIdentity({});
  expect(identity.servername).toBeNull();
  expect(() => identity.context).not.toThrow();
});
