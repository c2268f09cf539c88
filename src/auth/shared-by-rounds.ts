import type { AuthenticatingServer, AuthenticationSettings } from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import { NetworkError } from '../error.ts';
import type { CredentialCache } from './credential-cache.ts';
import type { Scheme } from './scheme.ts';

/*
 * What the rounds of a request share with others, from the widest circle to the narrowest: with all under one part, with all
 * under one manager, with those in which the same request was sent before.
 */

/** See {@link UnderPart.bind}. */
export type ChannelBinding = (certificate: Uint8Array) => Uint8Array | null;

/** What all rounds under one part share. */
export interface UnderPart {
  readonly cache: CredentialCache;
  readonly schemes: readonly Scheme[];
  /** What TLS is bound to by a certificate in DER (RFC 5929, tls-server-end-point); null where that is not defined. */
  readonly bind: ChannelBinding;
  /** Requests can wait for `100 (Continue)` before they send their body. */
  readonly canExpect: boolean;
  /** The application has been told that its credentials go readable over http. */
  isReadableTold: boolean;
}

/** What all rounds under one manager share. */
export interface UnderManager {
  readonly all: UnderPart;
  /** Those that the application allows, in its order. */
  readonly schemes: readonly Scheme[];
  readonly settings: AuthenticationSettings;
  /** See {@link sourceKey}. */
  readonly source: string;
}

/** Tells an application once that its credentials go readable over http. */
export function tellReadable(
  told: { isReadableTold: boolean },
  { origin }: AuthenticatingServer,
  call: Call,
): void {
  if (told.isReadableTold) return;
  told.isReadableTold = true;
  const error = new NetworkError(
    'authentication-required',
    `credentials are sent to ${origin} without encryption, readable by all on the way (Basic or Bearer over http); allowBasicOverHttp: false refuses it`,
    { url: origin },
  );
  call.emit({ type: 'fault', error: error.toJSON() });
}

/** What holds for a request however often it is sent: a retry begins its rounds with a server anew, and this goes on. */
export interface PastRounds {
  /** Times that credentials were asked for, or waited for. */
  asked: number;
  /** That of the strongest challenge which was answered: what follows may not be weaker. */
  strength: number;
}

const past = new WeakMap<HttpRequest, PastRounds>();

/** Of a request with its server. A proxy challenges what is sent to it, which is another one each time. */
export function pastRounds(request: HttpRequest, isProxy: boolean): PastRounds {
  const known = isProxy ? undefined : past.get(request);
  if (known !== undefined) return known;
  const begun = { asked: 0, strength: 0 };
  if (!isProxy) past.set(request, begun);
  return begun;
}
