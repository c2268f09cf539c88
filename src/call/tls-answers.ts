import type { SslError } from '../util/ssl-error.ts';

/** An error that may be accepted: an {@link SslError}, or what of it has to be the same. */
export interface IgnorableSslError extends Pick<SslError, 'code'> {
  /** Which certificate has it; null where none was shown. */
  readonly certificate: { readonly fingerprint256: string } | null;
}

/** What replies answer to questions of TLS, where the platform asks any. */
export interface TlsAnswers {
  /**
   * Accepts errors on behalf of a reply.
   * @param errors these; without them those that it is being asked about, or else whatever its own host will have
   * @throws TypeError for what is no list of errors
   */
  ignore(reply: object, errors?: readonly IgnorableSslError[]): void;
  /**
   * A reply is being asked about these errors. Returns what gives the answer when that is over.
   * @param isOwnHost they are of the host that the request was made for
   */
  ask(reply: object, isOwnHost: boolean, errors: readonly SslError[]): () => boolean;
}
