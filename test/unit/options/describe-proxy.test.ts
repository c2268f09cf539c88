import { expect, test } from 'vitest';
import { describeProxy } from '../../../src/options/describe-proxy.ts';
import type { NetworkProxy } from '../../../src/options/proxy.ts';

const through = (who: string): NetworkProxy => ({
  type: 'http',
  host: 'proxy.test',
  tls: { cert: (host) => `${who} at ${host}`, key: () => who },
});

test('a proxy is told apart by what functions of its TLS material say, and not by their text', () => {
  expect(describeProxy(through('alice'))).toBe(describeProxy(through('alice')));
  expect(describeProxy(through('alice'))).not.toBe(describeProxy(through('bob')));
  expect(describeProxy(through('alice'))).toContain('alice at proxy.test');
});
