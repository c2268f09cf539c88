import type { Next } from '../../call/stage.ts';
import type { CacheLookup } from './cache-lookup.ts';
import type { SharedFetch } from './shared-fetch.ts';

/**
 * How long requests for a key go alone after they could not share a response, and for how many keys that is remembered.
 */
const ALONE_FOR = 10_000;
const MAXIMUM_ALONE = 512;

/**
 * How long (milliseconds) a request waits for the head of another one's exchange before it goes on by itself. Chromium's
 * lock of a cache entry gives up after 20 s; two long polls would then run 20 s apart.
 */
export const SHARING_PATIENCE = 3000;

/** The exchanges that equal requests may join, and the keys whose responses turned out not to be for sharing. */
export class SharedFetches {
  /** Per configuration: another list of stages may be another user, proxy or certificate store. */
  readonly #byList = new WeakMap<Next, Map<string, SharedFetch>>();
  readonly #alone = new Map<string, number>();

  find(lookup: CacheLookup, signature: string): SharedFetch | null {
    return this.#byList.get(lookup.next)?.get(signature) ?? null;
  }

  add(lookup: CacheLookup, signature: string, fetch: SharedFetch): void {
    const fetches = this.#byList.get(lookup.next) ?? new Map<string, SharedFetch>();
    this.#byList.set(lookup.next, fetches.set(signature, fetch));
  }

  remove(lookup: CacheLookup, signature: string, fetch: SharedFetch): void {
    const fetches = this.#byList.get(lookup.next);
    if (fetches?.get(signature) === fetch) fetches.delete(signature);
  }

  /** Waiting for the head of what cannot be shared (a long poll) only costs time. */
  mustGoAlone(key: string, now: number): boolean {
    return (this.#alone.get(key) ?? 0) > now;
  }

  setAlone(key: string, now: number): void {
    this.#alone.delete(key);
    this.#alone.set(key, now + ALONE_FOR);
    if (this.#alone.size <= MAXIMUM_ALONE) return;
    const [oldest] = this.#alone.keys();
    this.#alone.delete(oldest!);
  }
}

/** The options that reach the wire, the stores or the clock. */
const SIGNED = [
  'useCredentials',
  'cacheSaveControl',
  'cookieSaveControl',
  'transferTimeout',
  'timeouts',
  'http2Allowed',
  'http2Direct',
] as const;

/**
 * What two requests have in common that may share an exchange: key, credentials (TLS material among them) and every field,
 * Cookie among them, and the options that matter.
 */
export function signatureOf({ request, key, credentials }: CacheLookup): string {
  const options = SIGNED.map((name) => request.options[name]);
  return JSON.stringify([key, credentials, options, request.headers.pairs]);
}
