import type { HttpRequest } from '../../call/request.ts';
import { describeProxy } from '../../options/describe-proxy.ts';
import type { RequestOptions } from '../../options/options.ts';
import { describeTlsMaterial, tlsFor } from '../../options/tls-material.ts';
import type { TlsOptions } from '../../options/tls-options.ts';
import { sha256Hex } from '../../util/sha256.ts';

/** Fields that are credentials whatever the request calls them. */
const CREDENTIAL_FIELDS: readonly string[] = ['authorization'];

/**
 * What stands for whom a request is made as, beside the key: a digest of the Authorization field, of the fields that
 * `secretHeaders` names, of all TLS material and of a proxy of its own, through which a server may know it as another one; and of `certificatePins`; the
 * empty text for none of them. A stored response is only reused under the same credentials, and a cache on a disk does not
 * hold the secrets themselves.
 *
 * A scheme whose field is new with each request (Digest) therefore never hits.
 */
export function credentialsOf({ headers, options, own, url }: HttpRequest): string {
  const said: string[] = [];
  for (const name of secretNames(options)) {
    for (const value of headers.getAll(name)) said.push(name, value);
  }
  if (own.proxy !== undefined) said.push('', describeProxy(own.proxy));
  if (options.certificatePins !== null) said.push('pins', JSON.stringify(options.certificatePins));
  const tls = options.tls === null ? '' : digestOf(tlsFor(options.tls, url.hostname));
  if (said.length === 0 && tls === '') return '';
  return sha256Hex(JSON.stringify([said, tls]));
}

function secretNames({ secretHeaders }: RequestOptions): readonly string[] {
  if (secretHeaders.length === 0) return CREDENTIAL_FIELDS;
  return [...new Set([...CREDENTIAL_FIELDS, ...secretHeaders.map((name) => name.toLowerCase())])].sort();
}

/** Requests of a manager have the same object. */
const digests = new WeakMap<TlsOptions, string>();

function digestOf(tls: TlsOptions): string {
  let digest = digests.get(tls);
  if (digest === undefined) {
    const material = describeTlsMaterial(tls);
    digest = material === '' ? '' : sha256Hex(material);
    digests.set(tls, digest);
  }
  return digest;
}
