import type { OutgoingRequest } from '../call/authentication.ts';
import { namesIn } from '../message/field-lexer.ts';
import type { Challenge } from './challenge.ts';
import type { HashAlgorithm } from './hash/hash-functions.ts';

/** From the weakest. */
export const DIGEST_ALGORITHMS: readonly HashAlgorithm[] = ['md5', 'sha-256', 'sha-512-256'];

/** What a challenge asks for. */
export interface DigestTerms {
  readonly algorithm: HashAlgorithm;
  readonly isSession: boolean;
  /** null: the challenge offers none, as before RFC 2617. */
  readonly qop: 'auth' | 'auth-int' | null;
}

/** What is done about a challenge, or null for one that cannot be answered. */
export function termsOf({ params }: Challenge, { body }: OutgoingRequest): DigestTerms | null {
  if (!params.has('nonce')) return null;
  const named = (params.get('algorithm') ?? 'MD5').toLowerCase();
  const isSession = named.endsWith('-sess');
  const algorithm = (isSession ? named.slice(0, -5) : named) as HashAlgorithm;
  if (!DIGEST_ALGORITHMS.includes(algorithm)) return null;
  const offered = params.get('qop');
  if (offered === undefined || offered.trim() === '') return { algorithm, isSession, qop: null };
  const qops = namesIn(offered);
  if (qops.includes('auth')) return { algorithm, isSession, qop: 'auth' };
  // The hash of a body that is sent after it: so it must be there twice.
  const isReadableTwice = body === null || body.replayable;
  return qops.includes('auth-int') && isReadableTwice ? { algorithm, isSession, qop: 'auth-int' } : null;
}
