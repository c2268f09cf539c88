import { type Check, type Checks, checkOptions, isString, TEXT, TRUTH } from '../../src/checks/checker.ts';
import type { TlsOptions } from '../../src/options/tls-options.ts';
import { isUint8Array } from '../../src/util/brand.ts';
import { judgeTls } from './judge-tls.ts';

const isPem = (value: unknown): boolean => isString(value) || isUint8Array(value);

function byHost({ expected, accepts }: Check): Check {
  return {
    expected: `${expected}, or a function of the host`,
    accepts: (value) => typeof value === 'function' || accepts(value),
  };
}

const PEM: Check = { expected: 'PEM as text or bytes', accepts: isPem };
const BYTES: Check = { expected: 'PKCS #12 as bytes', accepts: isUint8Array };
/** Node's other words for lists (`tls.getCACertificates`), which it would take for PEM of no certificates. */
const UNKNOWN_LISTS: ReadonlySet<unknown> = new Set(['default', 'extra']);
const CA: Check = {
  expected: `${PEM.expected}, 'system', 'bundled', or an array of them`,
  accepts: (value) =>
    (Array.isArray(value) ? value : [value]).every((one) => isPem(one) && !UNKNOWN_LISTS.has(one)),
};
/** As certificates have names: no other could be found in one. The dot of the root may be there. */
const SERVER_NAME: Check = {
  expected: 'a host name of ASCII letters (A-labels), or an address without brackets',
  accepts: (value) => isString(value) && /^[\w.:*-]{1,254}$/.test(value) && !/^\.|\.\./.test(value),
};
const VERSION: Check = {
  expected: 'TLSv1.2 or TLSv1.3',
  accepts: (value) => value === 'TLSv1.2' || value === 'TLSv1.3',
};
const ALPN: Check = {
  expected: "an array of 'h2' and 'http/1.1', what is spoken here, with one of them at least",
  accepts: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => one === 'h2' || one === 'http/1.1'),
};

const CHECKS: Checks<TlsOptions> = {
  ca: CA,
  cert: byHost(PEM),
  key: byHost(PEM),
  pfx: byHost(BYTES),
  passphrase: byHost(TEXT),
  servername: SERVER_NAME,
  minVersion: VERSION,
  maxVersion: VERSION,
  ciphers: TEXT,
  groups: TEXT,
  signatureAlgorithms: TEXT,
  ALPNProtocols: ALPN,
  sessionTickets: TRUTH,
};

const passed = new WeakSet<TlsOptions>();

/** @throws TypeError that names what is unknown or ill-typed: where it is used, Node would speak of an argument of its own */
export function checkTls(tls: TlsOptions, path = 'tls.'): void {
  checkOptions('', tls, CHECKS, path);
}

/** The same, and what is in it. @throws TypeError that says what is wrong */
export function acceptTls(tls: TlsOptions, path = 'tls.'): void {
  if (passed.has(tls)) return;
  checkTls(tls, path);
  judgeTls(tls, path);
  passed.add(tls);
}
