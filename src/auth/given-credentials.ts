import type { AuthenticatingServer, Credentials } from '../call/authentication.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Choice } from './choose.ts';
import type { CredentialCache, KnownSpace } from './credential-cache.ts';
import { credentialsOfUrl, sameCredentials } from './credentials.ts';
import { pathOf } from './protection-space.ts';
import type { Scheme, Session } from './scheme.ts';

/** An answer that was refused. */
export interface RefusedAnswer {
  readonly realm: string;
  readonly scheme: Scheme;
  readonly credentials: Credentials;
  readonly session: Session;
}

/**
 * The credentials that one request has for one server without asking anybody: those of the URL and those that are remembered;
 * what of them was refused, and what turned out to be right.
 */
export class GivenCredentials {
  /** Those in the URL; null for none. */
  readonly ofUrl: Credentials | null;
  readonly #cache: CredentialCache;
  readonly #key: string;
  readonly #server: AuthenticatingServer;
  readonly #request: HttpRequest;
  #isUrlUsed = false;
  /** What another realm refuses may be right for this one. */
  readonly #refused = new RefusedCredentials();
  /** That of the URL, until it is known to be right: it takes the place of nothing that is. */
  #unproven: KnownSpace | null = null;

  constructor(cache: CredentialCache, key: string, server: AuthenticatingServer, request: HttpRequest) {
    this.#cache = cache;
    this.#key = key;
    this.#server = server;
    this.#request = request;
    this.ofUrl = credentialsOfUrl(server);
  }

  /** The request remembers nothing, and uses nothing that was remembered. */
  get isManual(): boolean {
    return this.#request.options.authenticationReuse === 'manual';
  }

  /** The space in which the request lies, where what is remembered of it may be sent unasked. */
  get space(): KnownSpace | null {
    if (this.isManual || this.#cache.isEmpty) return null;
    return this.#cache.find(this.#key, this.#server.isProxy ? '/' : pathOf(this.#request.url));
  }

  /** The server has asked before, or the URL says who asks. */
  get isKnown(): boolean {
    return this.ofUrl !== null || (!this.isManual && this.#cache.knows(this.#key));
  }

  /** The URL names somebody else than is remembered. */
  isOther({ credentials }: KnownSpace): boolean {
    return this.ofUrl !== null && !sameCredentials(this.ofUrl, credentials);
  }

  /** The application has written it into the URL of a proxy to be sent. */
  isOfProxyUrl(credentials: Credentials): boolean {
    return this.#server.isProxy && this.ofUrl !== null && sameCredentials(this.ofUrl, credentials);
  }

  isRefused(credentials: Credentials, realm: string): boolean {
    return this.#refused.has(credentials, realm);
  }

  /** Of the URL, once, or remembered of the space. */
  atHand(choices: readonly Choice[]): Credentials | null {
    const { ofUrl } = this;
    if (ofUrl !== null) {
      const isNew = !this.#isUrlUsed;
      this.#isUrlUsed = true;
      return isNew && !this.isRefused(ofUrl, choices[0]!.realm) ? ofUrl : null;
    }
    if (this.isManual) return null;
    for (const { realm, scheme, strength } of choices) {
      const space = this.#cache.get(this.#key, realm);
      // What was given to a strong scheme is not given to a weak one without a word.
      if (space === null || strength < space.strength || !scheme.takes(space.credentials)) continue;
      if (!this.isRefused(space.credentials, realm)) return space.credentials;
    }
    return null;
  }

  /** Remembers what is about to be sent; what the URL names when the server has taken it. */
  remember(space: KnownSpace): void {
    if (this.isManual) return;
    if (this.ofUrl !== null && sameCredentials(this.ofUrl, space.credentials)) this.#unproven = space;
    else this.#cache.set(this.#key, space);
  }

  /** The server has taken what was sent. */
  confirm(): void {
    if (this.#unproven !== null) this.#cache.set(this.#key, this.#unproven);
  }

  /** @param isFirst it was sent before the server had asked */
  refuse(
    { realm, scheme, session, credentials }: RefusedAnswer,
    choices: readonly Choice[],
    isFirst: boolean,
  ): void {
    // What was sent unasked, where another realm is, stays right for its own. Without a challenge no realm was known.
    const isGuess = this.#server.isProxy && realm === '';
    const isElsewhere =
      isFirst && !isGuess && choices.length > 0 && choices.every((one) => one.realm !== realm);
    if (!isElsewhere) this.forget(realm, session);
    this.#refused.add(credentials, realm);
    if (isGuess) {
      for (const one of choices) if (one.scheme === scheme) this.#refused.add(credentials, one.realm);
    }
    this.#unproven = null;
  }

  forget(realm: string, session: Session): void {
    this.#cache.forget(this.#key, realm, session);
  }
}

/** What was refused in the rounds of one request. What another realm refuses may be right for this one. */
class RefusedCredentials {
  readonly #refused: { readonly credentials: Credentials; readonly realm: string }[] = [];

  add(credentials: Credentials, realm: string): void {
    this.#refused.push({ credentials, realm });
  }

  has(credentials: Credentials, realm: string): boolean {
    return this.#refused.some((one) => one.realm === realm && sameCredentials(one.credentials, credentials));
  }
}
