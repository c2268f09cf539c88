import type { IgnorableSslError, TlsAnswers } from '../call/tls-answers.ts';
import type { SslError } from '../util/ssl-error.ts';

/** Equal for the same error of the same certificate. */
export function idOfError({ code, certificate }: IgnorableSslError): string {
  return `${code} ${certificate?.fingerprint256.toUpperCase() ?? ''}`;
}

/** What a reply accepts. */
interface Accepted {
  /** Whatever its own host will have. */
  all: boolean;
  readonly ids: Set<string>;
  /** What it is being asked about. */
  asked: readonly SslError[] | null;
}

/**
 * What replies accept of wrong certificates. A list names errors of certificates: nothing else is accepted with them, and
 * nothing is remembered beyond the reply.
 */
export class IgnoredErrors implements TlsAnswers {
  readonly #accepted = new WeakMap<object, Accepted>();

  ignore(reply: object, errors?: readonly IgnorableSslError[]): void {
    const accepted = this.#of(reply);
    const these = errors === undefined ? accepted.asked : checkErrors(errors);
    if (these === null) accepted.all = true;
    else for (const error of these) accepted.ids.add(idOfError(error));
  }

  ask(reply: object, isOwnHost: boolean, errors: readonly SslError[]): () => boolean {
    const accepted = this.#of(reply);
    accepted.asked = errors;
    return () => {
      accepted.asked = null;
      return (accepted.all && isOwnHost) || errors.every((error) => accepted.ids.has(idOfError(error)));
    };
  }

  #of(reply: object): Accepted {
    let accepted = this.#accepted.get(reply);
    if (accepted === undefined) {
      accepted = { all: false, ids: new Set(), asked: null };
      this.#accepted.set(reply, accepted);
    }
    return accepted;
  }
}

function checkErrors(errors: unknown): readonly IgnorableSslError[] {
  if (Array.isArray(errors) && errors.every(isError)) return errors;
  throw new TypeError('ignoreSslErrors: expected an array of errors as sslErrors gives them, or nothing');
}

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code, certificate } = value as Partial<IgnorableSslError>;
  if (typeof code !== 'string' || certificate === undefined) return false;
  return certificate === null || typeof certificate?.fingerprint256 === 'string';
}
