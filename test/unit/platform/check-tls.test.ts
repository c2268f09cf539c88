import { expect, test } from 'vitest';
import { checkTls } from '../../../platform/node/check-tls.ts';

const PEM = new TextEncoder().encode('PEM');

test.each([
  ['nothing', {}],
  ['what is not set', { ca: undefined }],
  [
    'texts and bytes',
    { ca: ['a', PEM], cert: PEM, key: 'k', passphrase: 'p', servername: 's', ciphers: 'c' },
  ],
  ['versions', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' }],
])('%s passes', (_name, tls) => {
  expect(() => checkTls(tls as never)).not.toThrow();
});

test.each([
  ['ca', 5],
  ['ca', ['a', 5]],
  ['ca', null],
  ['ca', 'default'],
  ['ca', ['a', 'extra']],
  ['pfx', 'text'],
  ['groups', 5],
  ['signatureAlgorithms', ['a']],
  ['ALPNProtocols', 'h2'],
  ['sessionTickets', 1],
  ['cert', ['a']],
  ['key', { pem: 'k' }],
  ['passphrase', PEM],
  ['servername', {}],
  ['minVersion', 'TLSv1'],
  ['maxVersion', 1.3],
  ['ciphers', true],
])('%s %j is a TypeError that names it', (name, value) => {
  const check = () => checkTls({ [name]: value } as never);
  expect(check).toThrow(TypeError);
  expect(check).toThrow(`option 'tls.${name}'`);
});

test.each(['rejectUnauthorized', 'constructor'])('%s is unknown', (name) => {
  expect(() => checkTls({ [name]: false } as never)).toThrow(`unknown option 'tls.${name}'`);
});
