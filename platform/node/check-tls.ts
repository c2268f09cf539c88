import { type Check, type Checks, checkOptions, isString, TEXT } from '../../src/checks/checker.ts';
import type { TlsOptions } from '../../src/options/options.ts';

const isPem = (value: unknown): boolean => isString(value) || value instanceof Uint8Array;

const PEM: Check = { expected: 'PEM as text or bytes', accepts: isPem };
const PEM_LIST: Check = {
  expected: `${PEM.expected}, or an array of them`,
  accepts: (value) => (Array.isArray(value) ? value.every(isPem) : isPem(value)),
};
const VERSION: Check = {
  expected: 'TLSv1.2 or TLSv1.3',
  accepts: (value) => value === 'TLSv1.2' || value === 'TLSv1.3',
};

const CHECKS: Checks<TlsOptions> = {
  ca: PEM_LIST,
  cert: PEM,
  key: PEM,
  passphrase: TEXT,
  servername: TEXT,
  minVersion: VERSION,
  maxVersion: VERSION,
  ciphers: TEXT,
};

const passed = new WeakSet<TlsOptions>();

/** @throws TypeError that names what is unknown or ill-typed: where it is used, Node would speak of an argument of its own */
export function checkTls(tls: TlsOptions, path = 'tls.'): void {
  if (passed.has(tls)) return;
  checkOptions('', tls, CHECKS, path);
  passed.add(tls);
}
