import type { Hmac } from 'node:crypto';
import { isUint8Array } from '../../../src/util/brand.ts';
import { numberOf } from '../../../src/util/number-of.ts';

/** New for every process: what a fingerprint is of cannot be found by trying, wherever it turns up. */
let secret: Buffer | null = null;

/**
 * A text that is equal for equal data and tells nothing of it: private keys, passphrases and the passwords of proxies are
 * part of what two requests must have in common to share a connection, and no part of a key of a map.
 */
export function fingerprint(data: string | object): string {
  const { createHmac, randomBytes } = process.getBuiltinModule('node:crypto');
  secret ??= randomBytes(32);
  const hmac = createHmac('sha256', secret);
  add(hmac, data);
  return hmac.digest('base64');
}

/** Every value begins with its kind and its size, so that no two of them run together. */
function add(hmac: Hmac, value: unknown): void {
  if (typeof value === 'string') hmac.update(`string ${value.length} ${value}`);
  else if (isUint8Array(value)) hmac.update(`bytes ${value.length} `).update(value);
  // Two functions of one text may know different things.
  else if (typeof value === 'function') hmac.update(`function ${numberOf(value)} `);
  else if (typeof value === 'object' && value !== null) addEntries(hmac, value);
  else hmac.update(`${typeof value} ${value} `);
}

function addEntries(hmac: Hmac, value: object): void {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  hmac.update(`${Array.isArray(value) ? 'list' : 'record'} ${entries.length} `);
  for (const [name, part] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    add(hmac, name);
    add(hmac, part);
  }
}
