import type { TlsOptions } from '../../src/options.ts';

type Check = readonly [expected: string, accepts: (value: unknown) => boolean];

const isText = (value: unknown): boolean => typeof value === 'string';
const isPem = (value: unknown): boolean => isText(value) || value instanceof Uint8Array;

const TEXT: Check = ['a string', isText];
const PEM: Check = ['PEM as text or bytes', isPem];
const PEM_LIST: Check = [
  `${PEM[0]}, or an array of them`,
  (value) => (Array.isArray(value) ? value.every(isPem) : isPem(value)),
];
const VERSION: Check = ['TLSv1.2 or TLSv1.3', (value) => value === 'TLSv1.2' || value === 'TLSv1.3'];

const CHECKS: { readonly [Name in keyof TlsOptions]-?: Check } = {
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
export function checkTls(tls: TlsOptions): void {
  if (passed.has(tls)) return;
  for (const [name, value] of Object.entries(tls)) {
    if (!Object.hasOwn(CHECKS, name)) throw new TypeError(`unknown option 'tls.${name}'`);
    const [expected, accepts] = CHECKS[name as keyof TlsOptions];
    if (value !== undefined && !accepts(value))
      throw new TypeError(`option 'tls.${name}': expected ${expected}`);
  }
  passed.add(tls);
}
