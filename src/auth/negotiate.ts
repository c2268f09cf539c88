import type { AuthenticationAnswer, OutgoingRequest, PasswordCredentials } from '../call/authentication.ts';
import { isUint8Array } from '../util/brand.ts';
import { fromBase64, toBase64 } from '../util/bytes.ts';
import type { Challenge } from './challenge.ts';
import { type Scheme, type Session, SYSTEM_ACCOUNT, UnusableScheme } from './scheme.ts';
import type { SecurityContext, SecurityContextFactory } from './security-context.ts';

/**
 * Negotiate (RFC 4559): what GSS-API or SSPI say, carried to a server and back. As the account of the system, without asking
 * anybody; as somebody else where a context can be made of a name and a password.
 */
export function negotiateScheme(contextFor: SecurityContextFactory): Scheme {
  return {
    name: 'negotiate',
    // As strong as NTLM, which is what is left where no context can be made.
    rank: 4,
    isReadable: false,
    isConnectionBound: true,
    isIntegrated: true,
    takes: (credentials) => credentials === SYSTEM_ACCOUNT || 'user' in credentials,
    strengthOf: () => 1,
    begin(_, credentials, { hostname, isProxy }) {
      // A name with its final dot is the same host, and no other service.
      const host = hostname.replace(/\.$/, '');
      return new Negotiation(contextFor, {
        scheme: 'negotiate',
        hostname: host,
        principal: `HTTP@${host}`,
        isProxy,
        credentials: credentials === SYSTEM_ACCOUNT ? null : (credentials as PasswordCredentials),
      });
    },
    spaceOf: () => ['/'],
  };
}

/** The legs of one handshake. */
class Negotiation implements Session {
  readonly #contextFor: SecurityContextFactory;
  readonly #request: Parameters<SecurityContextFactory>[0];
  #context: SecurityContext | null = null;
  /** What the server has said, for the next leg. */
  #token: Uint8Array | null = null;
  #binding: Uint8Array | null = null;

  constructor(contextFor: SecurityContextFactory, request: Parameters<SecurityContextFactory>[0]) {
    this.#contextFor = contextFor;
    this.#request = request;
  }

  async answer(_: OutgoingRequest, binding: Uint8Array | null = null): Promise<AuthenticationAnswer | null> {
    this.#binding = binding;
    this.#context ??= await this.#make();
    const context = this.#context;
    const token = await this.#step(context, this.#token);
    if (token === null) return null;
    return {
      value: `Negotiate ${toBase64(token)}`,
      isUnfinished: context.expectsAnswer === true,
      prove: (said) => this.#prove(context, said),
    };
  }

  goesOn({ token68 }: Challenge): Session | null {
    const bytes = token68 === null ? undefined : fromBase64(token68);
    if (bytes === undefined || bytes.length === 0) return null;
    this.#token = bytes;
    return this;
  }

  /** It was over TLS, and said nothing of that: some servers take no such answer. */
  get isUnbound(): boolean {
    return this.#binding !== null && this.#context?.bindsChannel === false;
  }

  async #make(): Promise<SecurityContext> {
    const context = await this.#attempt(() => this.#contextFor(this.#request));
    if (context !== null) return context;
    throw new UnusableScheme('Negotiate: there is no security context for such credentials', {
      isExpected: true,
    });
  }

  async #step(context: SecurityContext, token: Uint8Array | null): Promise<Uint8Array | null> {
    const next = await this.#attempt(() => context.step(token, this.#binding));
    if (next !== null && !isUint8Array(next))
      throw new UnusableScheme('Negotiate: the step of a security context gave neither bytes nor null');
    return next === null || next.length === 0 ? null : next;
  }

  /** What the application or a library throws is why this scheme cannot be used. */
  async #attempt<Value>(run: () => Promise<Value> | Value): Promise<Value> {
    try {
      return await run();
    } catch (cause) {
      if (cause instanceof UnusableScheme) throw cause;
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new UnusableScheme(`Negotiate: ${words}`, { cause });
    }
  }

  /** The last word of the server, with its answer: whether it knows the key of its service. */
  async #prove(context: SecurityContext, said: string | null): Promise<boolean | null> {
    if (context.isEstablished && said === null) return true;
    if (said === null) return null;
    const token = fromBase64(said);
    if (token === undefined) return false;
    try {
      await context.step(token, this.#binding);
      return context.isEstablished;
    } catch {
      return false;
    }
  }
}
