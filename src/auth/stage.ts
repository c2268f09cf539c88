import type {
  Authenticating,
  AuthenticatingServer,
  AuthenticationAnswer,
  AuthenticationRounds,
  AuthenticationSettings,
  OutgoingRequest,
} from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import type { ParsedUrl } from '../util/url.ts';
import { type CredentialCache, serverKey } from './credential-cache.ts';
import { HeldBody } from './held-body.ts';
import { OnceBody } from './once-body.ts';

/**
 * Answers the 401 of servers: a loop under the redirects, so that each hop is a request of its own to its own origin, and
 * over the cookies, so that those of a 401 are kept. What it needs not ask for it sends at once.
 */
export function authenticationStage(
  cache: CredentialCache,
  rounds: Authenticating['rounds'],
  credentials: AuthenticationSettings['credentials'],
): Stage {
  return {
    name: 'authentication',
    handle(request, next, call) {
      if (isLeftAlone(request)) return next(request, call);
      if (request.body?.replayable !== false && !isKnown(cache, request, credentials))
        return next(request, call).then((response) =>
          response.status === 401 ? new Visit(rounds, request, next, call).go(response) : response,
        );
      return new Visit(rounds, request, next, call).begin();
    },
  };
}

/** The application has set the field itself, or wants no credentials to be sent (fetch). */
function isLeftAlone({ headers, options }: HttpRequest): boolean {
  return headers.has('authorization') || options.fetch?.credentials === 'omit';
}

/** Credentials for its server are remembered. Those for others put no request off. */
function isKnown(
  cache: CredentialCache,
  { url, options }: HttpRequest,
  credentials: AuthenticationSettings['credentials'],
): boolean {
  return !cache.isEmpty && cache.knows(serverKey(serverOf(url), options.siteForCookies, credentials));
}

class Visit {
  readonly #request: HttpRequest;
  readonly #next: Next;
  readonly #call: Call;
  readonly #rounds: AuthenticationRounds;
  readonly #outgoing: OutgoingRequest;
  readonly #once: OnceBody | null;

  constructor(rounds: Authenticating['rounds'], request: HttpRequest, next: Next, call: Call) {
    this.#once = request.body?.replayable === false ? new OnceBody(request.body) : null;
    this.#request = this.#once === null ? request : { ...request, body: this.#once };
    this.#next = next;
    this.#call = call;
    this.#rounds = rounds(serverOf(request.url), request, call);
    const { method, url, body } = request;
    this.#outgoing = { method, target: url.target, body };
  }

  async begin(): Promise<HttpResponse> {
    const first = await this.#rounds.before(this.#outgoing);
    return this.go(await this.#send(first));
  }

  /** Goes round until the server is content, or there is nothing more to say. */
  async go(first: HttpResponse): Promise<HttpResponse> {
    let response = first;
    for (;;) {
      const values = response.headers.getAll('www-authenticate');
      // What a cache has kept is no answer to this request.
      if (response.source === 'cache') return response;
      if (response.status !== 401) return this.#accepted(response);
      if (!this.#rounds.concerns(values, this.#outgoing)) return response;
      const held = new HeldBody(response.body, this.#call.clock);
      const answer = await this.#answer(values, held);
      if (answer === null) return { ...response, body: held };
      response = await this.#send(answer);
    }
  }

  /** null: the response is what the application gets, and `held` its body. Otherwise the body is given up. */
  async #answer(values: readonly string[], held: HeldBody): Promise<AuthenticationAnswer | null> {
    try {
      await this.#call.wait(held.read());
      const answer = await this.#rounds.after(values, this.#outgoing);
      this.#call.throwIfCancelled();
      if (answer !== null) held.cancel(notWanted());
      return answer;
    } catch (error) {
      held.cancel(error instanceof NetworkError ? error : notWanted());
      throw error;
    }
  }

  #send(answer: AuthenticationAnswer | null): Promise<HttpResponse> {
    const request = this.#request;
    if (this.#once?.isWhole === false) throw contentResend(request);
    const headers = answer === null ? null : request.headers.with('authorization', answer.value);
    return this.#next(headers === null ? request : withHeaders(request, headers), this.#call);
  }

  #accepted(response: HttpResponse): HttpResponse {
    try {
      this.#rounds.accept(response.headers.getAll('authentication-info'));
      return response;
    } catch (error) {
      response.body.cancel(error as NetworkError);
      throw error;
    }
  }
}

function serverOf(url: ParsedUrl): AuthenticatingServer {
  const { scheme, origin, hostname, authority, username, password } = url;
  // A local socket leads no further than this machine.
  const isEncrypted = scheme === 'https' || scheme === 'unix+http';
  return { isProxy: false, origin, hostname, authority, isEncrypted, username, password };
}

function contentResend({ url }: HttpRequest): NetworkError {
  return new NetworkError(
    'content-resend',
    'credentials are wanted, and the body of the request cannot be sent twice',
    { url: url.href, status: 401 },
  );
}

function notWanted(): NetworkError {
  return new NetworkError('operation-canceled', 'the body of a response in between is not wanted');
}
