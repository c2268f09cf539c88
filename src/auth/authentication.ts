import type {
  Authenticating,
  AuthenticatingServer,
  AuthenticationChallenge,
  AuthenticationPart,
  AuthenticationSettings,
  Authenticator,
} from '../call/authentication.ts';
import { checkOptions } from '../checks/checker.ts';
import { INSPECT, type Inspect, inspection } from '../util/inspection.ts';
import { numberOf } from '../util/number-of.ts';
import { AskedAuthenticator } from './authenticator.ts';
import { basicScheme } from './basic.ts';
import { bearerScheme } from './bearer.ts';
import { checkAuthenticationOptions } from './check-options.ts';
import { allowedSchemes } from './choose.ts';
import { CredentialCache, sourceKey } from './credential-cache.ts';
import { digestScheme } from './digest.ts';
import { ownHashes } from './hash/hash-functions.ts';
import { Rounds } from './rounds.ts';
import type { Scheme } from './scheme.ts';
import type { SecurityContextFactory } from './security-context.ts';
import type { ChannelBinding, UnderPart } from './shared-by-rounds.ts';
import { authenticationStage } from './stage.ts';
import { type Peer, Visit } from './visit.ts';

/** What an `Authentication` can be given. */
export interface AuthenticationOptions {
  /**
   * On Node: makes the security contexts of Negotiate, in place of the package `kerberos`: one that passes channel bindings, or
   * knows other accounts. Refused elsewhere, where Negotiate is not spoken. @default the package kerberos, where it is installed
   */
  readonly securityContext?: SecurityContextFactory | undefined;
}

/** What a platform has for it. */
export interface AuthenticationMeans {
  readonly schemes: readonly Scheme[];
  /** @default nothing is bound */
  readonly bind?: ChannelBinding;
  /** See {@link UnderPart.canExpect}. @default false */
  readonly canExpect?: boolean;
  /** With the security contexts of Negotiate; without it, Negotiate is not spoken. */
  negotiate?(contexts: SecurityContextFactory | undefined): Scheme;
}

/** Schemes that need nothing of a platform. */
const PORTABLE: AuthenticationMeans = { schemes: [digestScheme(ownHashes), bearerScheme, basicScheme] };

/**
 * Answers the challenges of servers and proxies, and remembers the credentials that it was given until it is cleared or let
 * go. Several managers may share one: what is known to one of them is sent by those, too, whose option `credentials` is the
 * same one, or which have none either.
 *
 * On Node every manager has one of its own; elsewhere it is there when it is set: `authentication: new Authentication()`.
 */
export class Authentication implements AuthenticationPart {
  readonly #all: UnderPart;

  /** @throws TypeError for an option that there is not, or that has no meaning here */
  constructor(options?: AuthenticationOptions);
  /** @internal `means` are a platform's own. */
  constructor(options: AuthenticationOptions | undefined, means: AuthenticationMeans);
  constructor(options: AuthenticationOptions = {}, means: AuthenticationMeans = PORTABLE) {
    const { schemes, bind = () => null, canExpect = false, negotiate } = means;
    const { securityContext } = checkOptions('Authentication', options, {
      securityContext: {
        expected: negotiate === undefined ? 'none: Negotiate is not spoken here' : 'a function',
        accepts: (value) => negotiate !== undefined && typeof value === 'function',
      },
    });
    const all = negotiate === undefined ? schemes : [negotiate(securityContext), ...schemes];
    this.#all = { cache: new CredentialCache(), schemes: all, bind, canExpect, isReadableTold: false };
  }

  /** What answers challenges for one manager. */
  under(settings: AuthenticationSettings): Authenticating {
    const all = this.#all;
    const source = sourceKey(settings);
    const under = { all, schemes: allowedSchemes(settings, all.schemes), settings, source };
    const rounds: Authenticating['rounds'] = (...of) => new Rounds(under, ...of);
    return {
      rounds,
      identity: `${numberOf(all)}${source}`,
      stage: authenticationStage(all.cache, rounds, source),
      sendByProxy: sendingByProxy(rounds),
    };
  }

  /** What the listeners of a question are given. */
  authenticator(challenge: AuthenticationChallenge): Authenticator {
    return new AskedAuthenticator(challenge);
  }

  /** @throws TypeError for an option of a manager that concerns it and is ill-typed */
  acceptOptions(settings: AuthenticationSettings): void {
    checkAuthenticationOptions(settings, this.#all.schemes);
  }

  /** Forgets all credentials. */
  clear(): void {
    this.#all.cache.clear();
  }

  /** For logs: what it speaks, and nothing of what it remembers. */
  toJSON(): Record<string, unknown> {
    return { schemes: this.#all.schemes.map(({ name }) => name) };
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }
}

/** Answers the 407 of proxies that pass requests on. A proxy that is asked in the place of another one is a peer of its own. */
function sendingByProxy(rounds: Authenticating['rounds']): Authenticating['sendByProxy'] {
  return ({ first, answered, telling }, request, next, call) => {
    const { method, url, body } = request;
    const target = url.origin + (url.target.startsWith('/') ? url.target : `/${url.target}`);
    const peers = new Map<AuthenticatingServer, Peer>();
    const peerOf = (server: AuthenticatingServer | null): Peer | null => {
      if (server === null) return null;
      const peer = peers.get(server) ?? {
        server,
        rounds: rounds(server, request, call),
        outgoing: { method, target, body, hostname: server.hostname },
        telling: (given, answer) => telling(given, server, answer),
      };
      peers.set(server, peer);
      return peer;
    };
    const visit = new Visit(
      { first: peerOf(first), of: (response) => peerOf(answered(response)) },
      request,
      next,
      call,
    );
    return visit.begin();
  };
}
