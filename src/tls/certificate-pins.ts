import { checkOptions, isObject, TRUTH } from '../checks/checker.ts';
import type { CertificatePins, PinnedKeys } from '../options/certificate-pins.ts';

/** SHA-256 in base64 has 43 characters and one of padding. */
const PIN = /^sha256\/[A-Za-z0-9+/]{43}=$/;

/**
 * Judges pins when they are set: what nobody would ever match locks the application out of its server.
 * @throws TypeError that names the host, and what is wrong
 */
export function checkPins(pins: CertificatePins): void {
  for (const [host, keys] of Object.entries(pins)) {
    const where = `option 'certificatePins': ${JSON.stringify(host)}`;
    if (!isHost(host)) throw new TypeError(`${where} is no host as a URL has it, nor *. and one`);
    const listed = isObject(keys) && !Array.isArray(keys);
    if (listed) checkOptions('', keys as PinnedKeys, KEYS, `certificatePins.${host}.`);
    const list = listed ? (keys as PinnedKeys).pins : keys;
    if (!isPins(list))
      throw new TypeError(`${where}: expected an array of sha256/ and 44 characters of base64`);
    if (new Set(list).size < 2)
      throw new TypeError(`${where}: expected a second key, as a backup for when the first is lost`);
  }
}

const KEYS = {
  pins: { expected: 'an array of pins', accepts: isPins, isRequired: true },
  reportOnly: TRUTH,
};

function isPins(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((pin) => typeof pin === 'string' && PIN.test(pin));
}

/** As URLs have them: lower case, A-labels, IPv6 in brackets. No port and no dot of the root: pins are looked up without. */
function isHost(host: string): boolean {
  const name = host.startsWith('*.') ? host.slice(2) : host;
  if (name.includes('*') || name.endsWith('.') || (name !== host && ADDRESS.test(name))) return false;
  return URL.canParse(`https://${name}/`) && new URL(`https://${name}/`).hostname === name;
}

/** In brackets, or with a last label of digits: no name is below it. */
const ADDRESS = /^\[|(^|\.)\d+$/;

/** The keys that a host may be known by; null when it may be known by any. */
export function pinsFor(pins: CertificatePins | null, hostname: string): Required<PinnedKeys> | null {
  if (pins === null) return null;
  // Dialers have IPv6 without brackets, URLs may have the dot of the root.
  const host = /^[^[]*:/.test(hostname) ? `[${hostname}]` : hostname.replace(/\.$/, '');
  const above = `*${host.slice(host.indexOf('.'))}`;
  const name = [host, ...(host.includes('.') ? [above] : [])].find((one) => Object.hasOwn(pins, one));
  if (name === undefined) return null;
  const keys = pins[name]!;
  return Array.isArray(keys)
    ? { pins: keys, reportOnly: false }
    : { reportOnly: false, ...(keys as PinnedKeys) };
}
