import type { PreSharedKey } from '../../../src/call/pre-shared-key.ts';
import { NetworkError } from '../../../src/error.ts';
import { isUint8Array } from '../../../src/util/brand.ts';
import type { Step } from './step.ts';

const MOST_KEYS = 256;
/** What Node and OpenSSL take. */
const LIMITS = { maximumIdentityLength: 128, maximumPreSharedKeyLength: 256 };

/** Keys that a server was reached with, by endpoint; those that were not used for longest go first. */
export class PreSharedKeys {
  readonly #keys = new Map<string, PreSharedKey>();

  get(endpoint: string): PreSharedKey | null {
    return this.#keys.get(endpoint) ?? null;
  }

  /** @param key null when the server did not accept it, so that it is asked for again */
  set(endpoint: string, key: PreSharedKey | null): void {
    this.#keys.delete(endpoint);
    if (key !== null) this.#keys.set(endpoint, key);
    if (this.#keys.size > MOST_KEYS) this.#keys.delete(this.#keys.keys().next().value!);
  }
}

/** The key of one dial. */
export interface DialedKey {
  key: PreSharedKey | null;
}

/**
 * Asks for the key that a server may want in place of certificates, before there is a connection: in the middle of a handshake
 * Node takes no answer that has to be waited for, and in TLS 1.3 the key is offered before the server has said a word.
 */
export function preSharedKeyStep(keys: PreSharedKeys, found: DialedKey): Step {
  let isAsked = false;
  return {
    name: 'pre-shared-key',
    async take(reached, { endpoint, ask, call, url }) {
      // A dial that begins again, for a proxy, has its answer.
      if (isAsked) return reached;
      const known = keys.get(endpoint.key);
      if (known !== null) {
        found.key = known;
        return reached;
      }
      if (call.sink.hears?.('preSharedKey') !== true) return reached;
      const hostname = new URL(url).hostname;
      isAsked = true;
      const { credentials } = await ask({ type: 'preSharedKey', hostname, identityHint: null, ...LIMITS });
      if (credentials != null) found.key = checked(credentials, url);
      return reached;
    },
  };
}

/** @throws NetworkError for what could not be sent as it is, with nothing of it */
function checked(key: PreSharedKey, url: string): PreSharedKey {
  const { identity, preSharedKey } = key;
  const fault =
    typeof identity !== 'string' || Buffer.byteLength(identity) > LIMITS.maximumIdentityLength
      ? `expected an identity of at most ${LIMITS.maximumIdentityLength} bytes`
      : identity.includes('\0')
        ? 'the identity has a NUL in it'
        : !isKey(preSharedKey)
          ? `expected a key of 1 to ${LIMITS.maximumPreSharedKeyLength} bytes`
          : null;
  if (fault === null) return { identity, preSharedKey: Uint8Array.from(Buffer.from(preSharedKey)) };
  throw new NetworkError('ssl-handshake-failed', `tls: the pre-shared key cannot be used: ${fault}`, { url });
}

function isKey(key: unknown): boolean {
  if (typeof key !== 'string' && !isUint8Array(key)) return false;
  const { length } = Buffer.from(key);
  return length > 0 && length <= LIMITS.maximumPreSharedKeyLength;
}
