import type { AuthenticationAnswer, OutgoingRequest, PasswordCredentials } from '../call/authentication.ts';
import type { RequestBody } from '../message/body.ts';
import { namesIn } from '../message/field-lexer.ts';
import { credentialBinary, hasControl, isAscii } from './binary.ts';
import { type Challenge, parameter } from './challenge.ts';
import type { HashAlgorithm, HashFunctions } from './hash/hash-functions.ts';
import type { Session } from './scheme.ts';

/** From the weakest. */
export const DIGEST_ALGORITHMS: readonly HashAlgorithm[] = ['md5', 'sha-256', 'sha-512-256'];

/** What a challenge asks for. */
interface DigestTerms {
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

/** What one answer was computed from. */
interface Signed {
  readonly nonce: string;
  readonly nc: string;
  readonly uri: string;
}

/** How many answers there were with the same credentials, whichever nonces they were for, and how many the server has taken. */
interface Answers {
  signed: number;
  taken: number;
}

/** How often in a row a request answers anew while nothing is taken: each time another one may have come between. */
const DOUBTS = 4;

/**
 * The answers to one Digest challenge (RFC 7616 §3.4). Each has a nonce count of its own, however many are under way, so that
 * none is a repetition of another; a server that tells its next nonce begins the count anew.
 */
export class DigestSession implements Session {
  readonly #challenge: Challenge;
  readonly #hashes: HashFunctions;
  readonly #credentials: PasswordCredentials;
  readonly #makeCnonce: () => string;
  readonly #cnonce: string;
  readonly #terms: DigestTerms;
  /** What stands in each answer before the nonce, before the value of `uri`, and behind the nonce count. */
  readonly #before: string;
  #beforeUri = '';
  readonly #behind: string;
  /** `H(A1)`, computed once (§3.4.2): of a -sess algorithm it holds for all that follows the challenge. */
  readonly #secret: string;
  #nonce = '';
  #count = 0;
  readonly #answers: Answers;
  /** What had been answered when this session began. */
  readonly #atStart: Answers;
  /** How many sessions before this one, in a row, have seen no answer taken. */
  readonly #doubts: number;

  constructor(
    challenge: Challenge,
    credentials: PasswordCredentials,
    hashes: HashFunctions,
    makeCnonce: () => string,
    answers: Answers = { signed: 0, taken: 0 },
    doubts = 0,
  ) {
    const { user, password } = credentials;
    const cnonce = makeCnonce();
    this.#challenge = challenge;
    this.#credentials = credentials;
    this.#hashes = hashes;
    this.#makeCnonce = makeCnonce;
    this.#cnonce = cnonce;
    this.#answers = answers;
    this.#atStart = { ...answers };
    this.#doubts = doubts;
    const nonce = this.#param('nonce');
    this.#terms = termsOf(challenge, { method: '', target: '', body: null })!;
    const charset = challenge.params.get('charset');
    const realm = this.#param('realm');
    const name = credentialBinary(user, charset);
    const secret = this.#hash(`${name}:${realm}:${credentialBinary(password, charset)}`);
    this.#secret = this.#terms.isSession ? this.#hash(`${secret}:${nonce}:${cnonce}`) : secret;
    const { params } = challenge;
    const before = [
      this.#userParameters(user, name),
      parameter('realm', realm, true),
      this.#echo('opaque', true),
      // As the server has written it: some compare letter by letter.
      params.has('algorithm') ? this.#echo('algorithm', false) : null,
    ];
    this.#before = `Digest ${before.filter((field) => field !== null).join(', ')}`;
    const { qop, isSession } = this.#terms;
    this.#behind = qop === null && !isSession ? '' : `, ${parameter('cnonce', cnonce, true)}`;
    this.#beginNonce(nonce);
  }

  answer(outgoing: OutgoingRequest): AuthenticationAnswer | Promise<AuthenticationAnswer> | null {
    if (this.#terms.qop !== 'auth-int') return this.#sign(outgoing, '');
    // The hash stands before the body, which must therefore be there twice.
    if (outgoing.body?.replayable === false) return null;
    return this.#hashOfBody(outgoing.body).then((hash) => this.#sign(outgoing, `:${hash}`));
  }

  /**
   * §3.3: the credentials were right, the nonce was too old. Servers that do not say so are believed to mean it where the
   * nonce is another one and the same credentials have been right since this session began, for this nonce or for one before
   * it. Apache that looks at counts (AuthDigestNcCheck) refuses so what has been overtaken on its way, and what is under way
   * when it refuses another: where there are others, credentials that were right once are believed a few times.
   */
  goesOn(challenge: Challenge): Session | null {
    const stale = challenge.params.get('stale')?.toLowerCase();
    const isNew = challenge.params.get('nonce') !== this.#nonce;
    const { signed, taken } = this.#answers;
    const isRight = taken > this.#atStart.taken;
    const hasOthers = signed > this.#atStart.signed + 1;
    const isDoubtful = taken > 0 && hasOthers && this.#doubts < DOUBTS;
    const isStale = stale === 'true' || (stale === undefined && isNew && (isRight || isDoubtful));
    if (!isStale) return null;
    const doubts = isRight ? 0 : this.#doubts + 1;
    return new DigestSession(
      challenge,
      this.#credentials,
      this.#hashes,
      this.#makeCnonce,
      this.#answers,
      doubts,
    );
  }

  #sign({ method, target }: OutgoingRequest, bodyHash: string): AuthenticationAnswer {
    const { qop } = this.#terms;
    this.#count++;
    this.#answers.signed++;
    const nc = this.#count.toString(16).padStart(8, '0');
    const signed: Signed = { nonce: this.#nonce, nc, uri: target };
    const response = this.#response(signed, `${method}:${target}${bodyHash}`, qop);
    const count = qop === null ? '' : `, qop=${qop}, nc=${nc}`;
    const value = `${this.#beforeUri}${parameter('uri', target, true)}, response="${response}"${count}${this.#behind}`;
    return { value, accept: (info) => this.#accept(info, signed) };
  }

  /** §3.4.1; `other` is A2. */
  #response({ nonce, nc }: Signed, other: string, qop: string | null): string {
    const middle = qop === null ? nonce : `${nonce}:${nc}:${this.#cnonce}:${qop}`;
    return this.#hash(`${this.#secret}:${middle}:${this.#hash(other)}`);
  }

  /** §3.5: A2 of a response has no method. Over a body, which is decoded by now, it is not checked. */
  #accept(info: ReadonlyMap<string, string>, signed: Signed): boolean {
    const proof = info.get('rspauth');
    const qop = info.get('qop')?.toLowerCase() ?? this.#terms.qop;
    if (proof !== undefined && qop !== 'auth-int') {
      if (proof.toLowerCase() !== this.#response(signed, `:${signed.uri}`, qop)) return false;
    }
    this.#answers.taken++;
    const next = info.get('nextnonce');
    if (next !== undefined && next !== this.#nonce) this.#beginNonce(next);
    return true;
  }

  #beginNonce(nonce: string): void {
    this.#nonce = nonce;
    this.#beforeUri = `${this.#before}, ${parameter('nonce', nonce, true)}, `;
    this.#count = 0;
  }

  /** §3.4: the hash of the name, the name as it is, or as RFC 8187 writes what no quoted string can hold. */
  #userParameters(user: string, name: string): string {
    const { params } = this.#challenge;
    if (params.get('userhash')?.toLowerCase() === 'true')
      return `${parameter('username', this.#hash(`${name}:${this.#param('realm')}`), true)}, userhash=true`;
    const isUtf8 = params.get('charset')?.toLowerCase() === 'utf-8';
    return hasControl(user) || (isUtf8 && !isAscii(user))
      ? `username*=UTF-8''${extendedValue(user)}`
      : parameter('username', name, true);
  }

  #echo(name: string, isQuoted: boolean): string | null {
    const value = this.#challenge.params.get(name);
    return value === undefined ? null : parameter(name, value, isQuoted);
  }

  #param(name: string): string {
    return this.#challenge.params.get(name) ?? '';
  }

  #hash(binary: string): string {
    return this.#hashes.hex(this.#terms.algorithm, binary);
  }

  async #hashOfBody(body: RequestBody | null): Promise<string> {
    const running = this.#hashes.start(this.#terms.algorithm);
    if (body?.bytes) running.update(body.bytes);
    else if (body !== null) for await (const chunk of body.open()) running.update(chunk);
    return running.hex();
  }
}

/** RFC 8187 §3.2.1. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
