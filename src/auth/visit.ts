import type {
  AuthenticatingServer,
  AuthenticationAnswer,
  AuthenticationRounds,
  OutgoingRequest,
} from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import { ConnectionLease } from '../call/connection-lease.ts';
import { drain } from '../call/drain.ts';
import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import { isPromise } from '../util/is-promise.ts';
import { HeldBody } from './held-body.ts';
import { OnceBody } from './once-body.ts';

/** Who challenges a request: its server, or a proxy that passes it on. */
export interface Peer {
  readonly server: AuthenticatingServer;
  readonly rounds: AuthenticationRounds;
  readonly outgoing: OutgoingRequest;
  /** The request with what the peer is to be told, null for nothing. */
  telling(request: HttpRequest, answer: string | null): HttpRequest;
}

/** Those on the way of one request. */
export interface Peers {
  /** Who is spoken to first; null for one that challenges nothing. */
  readonly first: Peer | null;
  /** Whom a response has come from. */
  of(response: HttpResponse): Peer | null;
}

/** What a 401 says of the server, a 407 says of a proxy (RFC 9110 §11.7). */
const SERVER = { status: 401, challenge: 'www-authenticate', info: 'authentication-info' } as const;
const PROXY = { status: 407, challenge: 'proxy-authenticate', info: 'proxy-authentication-info' } as const;

/** One request that is sent until nothing more is asked, or there is nothing more to say. */
export class Visit {
  readonly #peers: Peers;
  readonly #request: HttpRequest;
  readonly #next: Next;
  readonly #call: Call;
  readonly #once: OnceBody | null;
  /** Of a handshake that its peer knows by the connection. */
  #lease: ConnectionLease | null = null;
  /** What was sent last, and whether it has waited for a word before its body. */
  #last: {
    readonly peer: Peer | null;
    readonly answer: AuthenticationAnswer | null;
    readonly waits: boolean;
  } | null = null;
  /** It was told that this cannot be waited for (417). */
  #isToldNotToWait = false;
  /** What was sent last was a leg of a handshake, without the body. */
  #isLeg = false;

  constructor(peers: Peers, request: HttpRequest, next: Next, call: Call) {
    this.#once = request.body?.replayable === false ? new OnceBody(request.body) : null;
    this.#request = this.#once === null ? request : { ...request, body: this.#once };
    this.#peers = peers;
    this.#next = next;
    this.#call = call;
  }

  /** Sends what is known to be wanted. */
  begin(): Promise<HttpResponse> {
    return this.#run(null);
  }

  /** Goes on from a response to the request as it was. */
  go(first: HttpResponse): Promise<HttpResponse> {
    return this.#run(first);
  }

  /** @param first null: nothing was sent yet */
  async #run(first: HttpResponse | null): Promise<HttpResponse> {
    try {
      let response = first ?? (await this.#sendKnown());
      for (;;) {
        // What a cache has kept is no answer to this request.
        const peer = response.source === 'cache' ? null : this.#peers.of(response);
        if (peer === null) return response;
        const { status, challenge } = fieldsOf(peer);
        if (response.status === 417 && this.#last?.waits === true) {
          // RFC 9110 §10.1.1: the same again without it.
          this.#isToldNotToWait = true;
          response = await this.#sendInstead(response, this.#last.peer, this.#last.answer);
        } else if (response.status !== status) {
          const judged = this.#accept(peer, response);
          if (judged !== undefined) await judged;
          if (!this.#isLeg || this.#request.body === null) return response;
          // The peer was content before the handshake was over, with a request that was not whole.
          response = await this.#sendInstead(response, peer, null);
        } else {
          const values = response.headers.getAll(challenge);
          const outgoing = { ...peer.outgoing, certificate: certificateOf(response) };
          if (!peer.rounds.concerns(values, outgoing)) return response;
          const held = new HeldBody(response.body, this.#call.clock);
          const answer = await this.#answer(peer.rounds, values, outgoing, held);
          if (answer === null) return { ...response, body: held };
          response = await this.#send(peer, answer);
        }
      }
    } finally {
      // The last response goes on by itself: what is leased is free when its body is.
      this.#lease?.release();
    }
  }

  #sendKnown(): Promise<HttpResponse> {
    const { first } = this.#peers;
    const known = first === null ? null : first.rounds.before(first.outgoing);
    return isPromise(known) ? known.then((answer) => this.#send(first, answer)) : this.#send(first, known);
  }

  async #sendInstead(
    { body }: HttpResponse,
    peer: Peer | null,
    answer: AuthenticationAnswer | null,
  ): Promise<HttpResponse> {
    await drain(body, this.#call);
    return this.#send(peer, answer);
  }

  /** null: the response is what the application gets, and `held` its body. Otherwise the body is given up. */
  async #answer(
    rounds: AuthenticationRounds,
    values: readonly string[],
    outgoing: OutgoingRequest,
    held: HeldBody,
  ): Promise<AuthenticationAnswer | null> {
    try {
      await this.#call.wait(held.read());
      const answer = await rounds.after(values, outgoing);
      this.#call.throwIfCancelled();
      if (answer !== null) held.cancel(notWanted());
      return answer;
    } catch (error) {
      held.cancel(error instanceof NetworkError ? error : notWanted());
      throw error;
    }
  }

  #send(peer: Peer | null, answer: AuthenticationAnswer | null): Promise<HttpResponse> {
    this.#isLeg = answer?.isUnfinished === true;
    if (answer?.lease !== undefined) this.#hold(answer.lease);
    if (answer?.isContinued === true && this.#call.lease?.holds !== true)
      throw handshakeLost(this.#request, peer);
    if (!this.#isLeg && this.#once?.isWhole === false) throw contentResend(this.#request, peer);
    const waits = this.#waits(peer);
    this.#last = { peer, answer, waits };
    const whole = waits ? expecting(this.#request) : this.#request;
    const request = this.#isLeg ? withoutBody(this.#request) : whole;
    return this.#next(peer?.telling(request, answer?.value || null) ?? request, this.#call);
  }

  /**
   * RFC 9110 §10.1.1: Expect is for a client that waits for the answer before it sends a body. That is worth a round trip where
   * the body would be lost with a 401 or 407, and one is likely; nowhere else.
   */
  #waits(peer: Peer | null): boolean {
    const isOfBody = !this.#isLeg && this.#once !== null && !this.#isToldNotToWait;
    return isOfBody && !this.#request.headers.has('expect') && peer?.rounds.asksFirst === true;
  }

  /** From here on all goes over one connection. Where another loop holds one already, over that. */
  #hold(identity: string): void {
    const { lease } = this.#call;
    if (lease !== null && (lease !== this.#lease || lease.identity === identity)) return;
    this.#lease = ConnectionLease.begin(this.#call, identity);
  }

  #accept(peer: Peer, { headers, status, body }: HttpResponse): void | Promise<void> {
    const { info, challenge } = fieldsOf(peer);
    const fail = (error: unknown): never => {
      body.cancel(error as NetworkError);
      throw error;
    };
    try {
      return peer.rounds.accept(headers.getAll(info), headers.getAll(challenge), status)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}

function fieldsOf({ server }: Peer): typeof SERVER | typeof PROXY {
  return server.isProxy ? PROXY : SERVER;
}

function certificateOf({ security }: HttpResponse): Uint8Array | null {
  return security?.peerCertificateChain[0]?.raw ?? null;
}

/** A leg of a handshake is answered by a challenge, whatever is asked for: nothing is to be done for it. */
function withoutBody(request: HttpRequest): HttpRequest {
  if (request.body === null) return request;
  const headers = request.headers.without(...OF_BODY);
  return { ...withHeaders(request, headers), body: null };
}

function expecting(request: HttpRequest): HttpRequest {
  return withHeaders(request, request.headers.with('expect', '100-continue'));
}

const OF_BODY = ['content-length', 'transfer-encoding', 'expect', 'trailer'];

function requiredCode(peer: Peer | null): 'proxy-authentication-required' | 'authentication-required' {
  return peer?.server.isProxy ? 'proxy-authentication-required' : 'authentication-required';
}

function handshakeLost({ url }: HttpRequest, peer: Peer | null): NetworkError {
  return new NetworkError(
    requiredCode(peer),
    `the connection to ${peer?.server.origin} did not stay open between two rounds of a handshake (NTLM, Negotiate), which its server knows by the connection`,
    { url: url.href, status: peer?.server.isProxy ? 407 : 401 },
  );
}

function contentResend({ url }: HttpRequest, peer: Peer | null): NetworkError {
  return new NetworkError(
    'content-resend',
    'credentials are wanted, and the body of the request, which has been sent, cannot be sent twice; where it is known who asks (credentials for the origin, or the field Expect: 100-continue) the server is asked before',
    { url: url.href, status: peer?.server.isProxy ? 407 : 401 },
  );
}

function notWanted(): NetworkError {
  return new NetworkError('operation-canceled', 'the body of a response in between is not wanted');
}
