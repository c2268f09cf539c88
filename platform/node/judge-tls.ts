import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Pem, TlsOptions } from '../../src/options/tls-options.ts';
import { systemClock } from '../../src/util/clock.ts';
import { fingerprint } from './dial/fingerprint.ts';
import { contextOptions } from './dial/secure-context.ts';
import { certificatesIn } from './dial/trust-anchors.ts';
import { textOf } from './dial/trusted-lists.ts';
import { nodeOptions } from './node-options.ts';

/** Material that was found good, by a fingerprint of it; requests may bring the same again and again. */
const judged = new Set<string>();
const MOST_JUDGED = 64;

/**
 * Judges TLS material by what is in it: functions are left for when they have been asked.
 * @throws TypeError that says what is wrong, and nothing of the material
 */
export function judgeTls(tls: TlsOptions, path = 'tls.', now = systemClock.now()): void {
  const entries = Object.entries(tls).filter(([, value]) => value !== undefined);
  const given = ownOf(entries);
  const set = ownOf(entries.filter(([, value]) => typeof value !== 'function'));
  // What has expired meanwhile was not: the day is part of what was judged.
  const print = fingerprint([set, Object.keys(given).sort(), Math.floor(now / 86_400_000)]);
  if (judged.has(print)) return;
  for (const judge of JUDGES) {
    const fault = judge(set, given, now);
    if (fault !== null)
      throw new TypeError(`option '${path}${fault.name}': ${fault.words}`, { cause: fault.cause });
  }
  if (judged.size === MOST_JUDGED) judged.clear();
  judged.add(print);
}

/** Nothing of what a polluted `Object.prototype` has is material. */
function ownOf(entries: readonly (readonly [string, unknown])[]): TlsOptions {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

interface Fault {
  readonly name: keyof TlsOptions;
  readonly words: string;
  readonly cause?: unknown;
}

/** @param set what is known now @param given what will be known for a host, too */
type Judge = (set: TlsOptions, given: TlsOptions, now: number) => Fault | null;

const judgeAuthorities: Judge = ({ ca }, _given, now) => {
  if (ca === undefined) return null;
  const texts = (Array.isArray(ca) ? (ca as readonly Pem[]) : [ca as Pem]).filter((one) => !LISTS.has(one));
  const found = texts.map((text) => certificatesIn(textOf(text)));
  if (found.some((certificates) => certificates.length === 0)) return { name: 'ca', words: NO_CERTIFICATE };
  const all = found.flat();
  const leaf = all.find((one) => !one.ca && one.subject !== one.issuer);
  if (leaf !== undefined) {
    const words = `${nameOf(leaf.subject)} is no authority: expected the certificate of its issuer, ${nameOf(leaf.issuer)}`;
    return { name: 'ca', words };
  }
  // Lists of systems have some that are over.
  const isOver = all.length > 0 && texts.length === all.length && all.every((one) => isExpired(one, now));
  return isOver ? { name: 'ca', words: expired(all[0]!) } : null;
};

const LISTS: ReadonlySet<unknown> = new Set(['system', 'bundled']);
const NO_CERTIFICATE = 'there is no certificate in it: expected PEM, -----BEGIN CERTIFICATE-----';

const judgeCertificate: Judge = ({ cert }, given, now) => {
  if (cert === undefined) return null;
  const [own] = certificatesIn(textOf(cert as Pem));
  if (own === undefined) return { name: 'cert', words: NO_CERTIFICATE };
  if (isExpired(own, now)) return { name: 'cert', words: expired(own) };
  return given.key === undefined && given.pfx === undefined
    ? { name: 'cert', words: "it takes its private key, option 'key', to be shown" }
    : null;
};

const judgeKey: Judge = ({ cert, key, passphrase }, given) => {
  if (key === undefined) return null;
  if (given.cert === undefined)
    return { name: 'key', words: "it takes its certificate, option 'cert', to be used" };
  if (typeof given.passphrase === 'function') return null;
  const text = textOf(key as Pem);
  if (!text.includes('PRIVATE KEY-----'))
    return { name: 'key', words: 'there is no private key in it: expected PEM' };
  const isLocked = text.includes('ENCRYPTED');
  if (isLocked && passphrase === undefined)
    return { name: 'passphrase', words: 'the key is encrypted, and there is none' };
  let read: KeyObject;
  try {
    const { createPrivateKey } = process.getBuiltinModule('node:crypto');
    const options = { key: text, ...(passphrase === undefined ? {} : { passphrase: passphrase as string }) };
    read = createPrivateKey(Object.assign(Object.create(null), { format: 'pem' }, options));
  } catch (cause) {
    return isLocked
      ? { name: 'passphrase', words: 'it does not open the key', cause }
      : { name: 'key', words: 'it cannot be read', cause };
  }
  const [own] = cert === undefined ? [] : certificatesIn(textOf(cert as Pem));
  return own === undefined || own.checkPrivateKey(read)
    ? null
    : { name: 'key', words: `it is not that of the certificate of ${nameOf(own.subject)}` };
};

/** OpenSSL opens it, with the certificate and the key in it. */
const judgePfx: Judge = ({ pfx, passphrase }, given, now) => {
  if (pfx === undefined) return null;
  if (given.cert !== undefined || given.key !== undefined)
    return { name: 'pfx', words: "it has certificate and key: leave out 'cert' and 'key'" };
  if (typeof given.passphrase === 'function') return null;
  const made = contextOf(passphrase === undefined ? { pfx } : { pfx, passphrase });
  if (made.error !== null) {
    const words = String((made.error as Error).message);
    if (/mac verify|password/i.test(words))
      return { name: 'passphrase', words: 'it does not open the pfx', cause: made.error };
    const legacy = /unsupported/i.test(words)
      ? 'it is encrypted in a way that OpenSSL 3 does not know any more: write it anew with a recent version'
      : 'it cannot be read: expected PKCS #12 in DER';
    return { name: 'pfx', words: legacy, cause: made.error };
  }
  const own = made.certificate;
  return own !== null && isExpired(own, now) ? { name: 'pfx', words: expired(own) } : null;
};

/** Words of OpenSSL's own, each alone. */
const judgeWords: Judge = (set) => {
  for (const name of ['ciphers', 'groups', 'signatureAlgorithms'] as const) {
    if (set[name] === undefined) continue;
    const { error } = contextOf({ [name]: set[name] });
    if (error !== null) return { name, words: 'OpenSSL knows nothing of what it says', cause: error };
  }
  return set.minVersion === 'TLSv1.3' && set.maxVersion === 'TLSv1.2'
    ? { name: 'minVersion', words: 'it is above maxVersion' }
    : null;
};

const JUDGES: readonly Judge[] = [judgeAuthorities, judgeCertificate, judgeKey, judgePfx, judgeWords];

/** A context of this alone, that trusts nobody: Node would read its whole list. */
function contextOf(tls: TlsOptions): {
  readonly error: unknown;
  readonly certificate: X509Certificate | null;
} {
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  try {
    const made = createSecureContext(nodeOptions('secureContext', { ...contextOptions(tls), ca: [] }));
    const { context } = made as unknown as { readonly context?: { getCertificate?(): Uint8Array | null } };
    const own = tls.pfx === undefined ? null : (context?.getCertificate?.() ?? null);
    return { error: null, certificate: own === null ? null : new Certificate(own) };
  } catch (error) {
    return { error, certificate: null };
  }
}

function isExpired({ validTo }: X509Certificate, now: number): boolean {
  return now > Date.parse(validTo);
}

function expired({ subject, validTo }: X509Certificate): string {
  return `the certificate of ${nameOf(subject)} has expired on ${new Date(validTo).toISOString().slice(0, 10)}`;
}

/** The last part of a name in OpenSSL's lines: the common name, most of the time. */
function nameOf(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');
}
