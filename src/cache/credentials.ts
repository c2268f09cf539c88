import type { HttpHeaders } from '../message/headers.ts';
import type { TlsOptions } from '../options.ts';
import { sha256Hex } from '../util/sha256.ts';

/**
 * What stands for the credentials of a request beside the key: a digest of the Authorization field and of the client
 * certificate, or the empty text for neither. A stored response is only reused under the same credentials, and a cache on
 * a disk does not hold the secret itself.
 *
 * A scheme whose field is new with each request (Digest) therefore never hits.
 */
export function credentialsOf(headers: HttpHeaders, tls: TlsOptions | null): string {
  const authorization = headers.get('authorization');
  const certificate = tls?.cert === undefined ? '' : certificateDigest(tls);
  if (authorization === null && certificate === '') return '';
  return sha256Hex(`${authorization ?? ''}\n${certificate}`);
}

const certificates = new WeakMap<TlsOptions, string>();

function certificateDigest(tls: TlsOptions): string {
  let digest = certificates.get(tls);
  if (digest === undefined) {
    const chain = [tls.cert ?? ''].flat() as readonly (string | Uint8Array)[];
    digest = sha256Hex(chain.map((part) => (typeof part === 'string' ? part : part.join())).join('\n'));
    certificates.set(tls, digest);
  }
  return digest;
}
