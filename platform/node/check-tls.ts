import { type Check, type Checks, checkOptions, isString, TEXT } from '../../src/checks/checker.ts';
import type { TlsOptions } from '../../src/options/options.ts';

const isPem = (value: unknown): boolean => isString(value) || value instanceof Uint8Array;

const PEM: Check = { expected: 'PEM as text or bytes', accepts: isPem };
/** Node's words for lists of its own (`tls.getCACertificates`), which it takes here for PEM of no certificates: it trusts nothing. */
const LISTS: ReadonlySet<unknown> = new Set(['system', 'bundled', 'default', 'extra']);
const CA: Check = {
  expected: `${PEM.expected}, or an array of them; what the system trusts counts where Node is started with --use-system-ca`,
  accepts: (value) => (Array.isArray(value) ? value : [value]).every((one) => isPem(one) && !LISTS.has(one)),
};
const VERSION: Check = {
  expected: 'TLSv1.2 or TLSv1.3',
  accepts: (value) => value === 'TLSv1.2' || value === 'TLSv1.3',
};

const CHECKS: Checks<TlsOptions> = {
  ca: CA,
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
