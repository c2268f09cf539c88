import { AskedAuthenticator } from '../../../src/auth/authenticator.ts';
import type { AsyncContexts } from '../../../src/call/async-contexts.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { StrictTransportSecurityPolicy } from '../../../src/call/security-part.ts';
import { checkedPolicy } from '../../../src/call/security-policy.ts';
import { type Checks, CLOCK, checkOptions, wholeNumber } from '../../../src/checks/checker.ts';
import { refuseSurplus } from '../../../src/checks/surplus.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ServerSentEvent } from '../../../src/event-stream/event-stream-parser.ts';
import { type EventOptions, serverSentEvents } from '../../../src/event-stream/server-sent-events.ts';
import type { BodyInput } from '../../../src/message/body-input.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import type { NetworkClient } from '../../../src/network-client.ts';
import type { NetworkRequest, RequestInput } from '../../../src/options/options.ts';
import type { ProxyExplanation } from '../../../src/options/proxy.ts';
import { fetchThrough } from '../../../src/reply/fetch-through.ts';
import type { Operation } from '../../../src/reply/operation.ts';
import { NetworkReply } from '../../../src/reply/reply.ts';
import type { ReplyCore } from '../../../src/reply/reply-core.ts';
import type { ReplyOwner } from '../../../src/reply/reply-signals.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { type RequestSurroundings, resolveRequest, toNetworkRequest } from '../../../src/resolve-request.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { ActiveSet } from '../../../src/util/collections.ts';
import { INSPECT, type Inspect, inspection } from '../../../src/util/inspection.ts';
import { OWNER, Verbs } from '../../../src/verbs.ts';
import { parsePageUrl } from '../../common/page-url.ts';
import type { BridgePort } from '../port.ts';
import { ClientLink, type LinkOptions } from './client-link.ts';
import { optionsOf } from './crossing.ts';
import { type CallOwner, RemoteCache, RemoteCookies } from './remote-parts.ts';

/** How {@link connect} waits for the other side. */
export interface ConnectOptions {
  /** Milliseconds within which the owner has to answer. @default 30 000 */
  readonly connectTimeout?: number;
  /** @default the system's */
  readonly clock?: Clock;
}

const CHECKS: Checks<ConnectOptions> = { connectTimeout: wholeNumber(1), clock: CLOCK };

/** @throws TypeError for what is none of them */
export const connectOptions = (given?: ConnectOptions): ConnectOptions =>
  checkOptions('connect', given, CHECKS);

/**
 * Makes requests with a manager that lives on the other side of a port. Its replies are what the manager's are: same class,
 * same signals in the same order, same errors. Options that a request does not set are the owner's, but for what concerns a
 * reply on this side (`throwHttpErrors`, `readBufferSize`, `autoDeleteReplies`), where the documented defaults hold.
 */
export class ConnectedClient extends Verbs implements NetworkClient {
  /** The owner's cookies, as far as its policy grants it. */
  readonly cookies: RemoteCookies;
  /** The owner's cache, as far as its policy grants it. */
  readonly cache: RemoteCache;
  /** Makes another port when the last one has ended; null where there is none. */
  readonly #connect: (() => BridgePort) | null;
  readonly #ofLink: LinkOptions;
  #current: ClientLink;
  #isClosed = false;
  readonly #call: CallOwner = (method, ...given) => this.#link.calls.call(method, given);
  /** Called when the client is closed, or its owner is gone: ends what waits and is no reply. */
  readonly #closing = new Set<() => void>();
  readonly #running = new ActiveSet<ReplyCore>();
  override readonly [OWNER]: ReplyOwner<NetworkReply> = {
    finished: (reply) => {
      if (this.listenerCount('finished') > 0) reply.inContext(() => this.emit('finished', reply));
    },
    ask: (signal, ...given) => this.ask(signal, ...(given as [never, never])),
    authenticator: (challenge) => new AskedAuthenticator(challenge),
    fault: (fault) => {
      if (!this.emit('faultOccurred', fault)) console.warn(fault);
    },
    // What runs behind a request runs where the manager is.
    behind: async () => {},
  };

  /** @internal `connect` makes them. */
  constructor(
    port: BridgePort | (() => BridgePort),
    options: ConnectOptions | undefined,
    asyncContexts?: AsyncContexts,
  ) {
    super();
    const { connectTimeout = 30_000, clock = systemClock } = connectOptions(options);
    this.#ofLink = { connectTimeout, clock, asyncContexts };
    this.#connect = typeof port === 'function' ? port : null;
    this.#current = new ClientLink(typeof port === 'function' ? port() : port, this.#ofLink);
    this.cookies = new RemoteCookies(this.#call, () => this.#link);
    this.cache = new RemoteCache(this.#call);
  }

  /** Resolves when the owner has answered; rejects when it has refused, or does not answer. Requests need not wait for it. */
  get ready(): Promise<void> {
    return this.#link.ready;
  }

  /** What requests go through: another one where the last has ended and there can be one. */
  get #link(): ClientLink {
    if (this.#current.failure !== null && this.#connect !== null && !this.#isClosed)
      this.#current = new ClientLink(this.#connect(), this.#ofLink);
    return this.#current;
  }

  /** A WHATWG fetch over the manager of the other side; bound, so it may be passed on as it is. */
  readonly fetch = (
    ...args: [input: string | URL | Request, init?: RequestInit | null | undefined]
  ): Promise<Response> =>
    fetchThrough(
      {
        options: DEFAULT_OPTIONS,
        parseUrl: parsePageUrl,
        start: (verb, request, body) => this.sendCustomRequest(request, verb, body),
      },
      args,
    );

  /**
   * The server-sent events of a stream, as they arrive; leaving the loop ends the request. With `reconnect` the stream is asked
   * for again when its connection is lost. Rejects like `reply.lines()`, and for an answer that is no event stream.
   *
   * WHATWG: https://html.spec.whatwg.org/multipage/server-sent-events.html
   */
  events(
    request: RequestInput,
    options?: EventOptions,
    ...surplus: never[]
  ): AsyncGenerator<ServerSentEvent, void, undefined> {
    refuseSurplus('events', surplus);
    const of = { client: this, clock: this.#ofLink.clock, isClosed: () => this.failure !== null };
    return serverSentEvents(of, toNetworkRequest(request), options);
  }

  /** @internal When it is closed. Returns what takes that back. */
  whenClosed(callback: () => void): () => void {
    this.#closing.add(callback);
    return () => this.#closing.delete(callback);
  }

  /** Schemes that requests may have: http and https until {@link ready}, then those that the policy of the owner allows. */
  supportedSchemes(): string[] {
    return [...(this.#link.welcome?.schemes ?? ['http', 'https'])];
  }

  /**
   * Which proxy a GET of that URL would go through now, and what has decided that, where the policy grants it. Nothing is sent.
   */
  explainProxy(url: string | URL): Promise<ProxyExplanation> {
    return this.#call('explainProxy', String(url));
  }

  /**
   * Drops every connection of the owner's manager, where the policy grants it. What is in flight ends with operation-canceled,
   * that of other clients, too.
   */
  async clearConnectionCache(): Promise<void> {
    await this.#call('clearConnectionCache');
  }

  /** Drops every connection, like {@link clearConnectionCache}, and credentials that were learned, where the policy grants it. */
  async clearAccessCache(): Promise<void> {
    await this.#call('clearAccessCache');
  }

  /** Adds HSTS policies to the owner's, where its policy grants it; one that has expired removes its host. */
  async addStrictTransportSecurityHosts(policies: Iterable<StrictTransportSecurityPolicy>): Promise<void> {
    await this.#call('addStrictTransportSecurityHosts', Array.from(policies, checkedPolicy));
  }

  /** The HSTS policies of the owner that hold now, where its policy grants it. */
  strictTransportSecurityHosts(): Promise<StrictTransportSecurityPolicy[]> {
    return this.#call('strictTransportSecurityHosts');
  }

  /** Why the client cannot be used any more (the owner has gone, or refused it), or null. */
  get failure(): NetworkError | null {
    return this.#link.failure;
  }

  /** Fails what is in flight and lets go of the port. Later requests end with operation-canceled at once. */
  async close(): Promise<void> {
    const reason = new NetworkError('operation-canceled', 'the client was closed');
    const link = this.#current;
    this.#isClosed = true;
    for (const reply of [...this.#running]) reply.cancel(reason, true);
    link.close(reason);
    for (const callback of [...this.#closing]) callback();
  }

  /** For logs: what it may ask for, how much of it is under way, and why it cannot be used any more. */
  toJSON(): Record<string, unknown> {
    const failure = this.failure?.message ?? null;
    return { schemes: this.supportedSchemes(), requestsUnderWay: this.#running.size, failure };
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Makes the reply of every request: all verbs and `fetch` come through here, as in a manager.
   * @throws TypeError for a request that cannot be sent as it stands
   */
  protected override createRequest(
    operation: Operation,
    request: NetworkRequest,
    body?: BodyInput | null,
  ): NetworkReply {
    return NetworkReply.create({
      operation,
      request: this.resolveRequest(operation, request, body),
      source: this.#link.source,
      underWay: this.#running,
    });
  }

  /**
   * The request as it would be sent: what `NetworkReply.from` takes.
   * @throws TypeError for a request that cannot be sent as it stands
   */
  protected resolveRequest(
    operation: Operation,
    request: NetworkRequest,
    body?: BodyInput | null,
  ): HttpRequest {
    const resolved = resolveRequest(operation, request, body, SURROUNDINGS);
    // What cannot cross is a mistake of this call, and no failure of a request that is on its way.
    optionsOf(resolved.own);
    return resolved;
  }
}

/** What a request does not say is the owner's to add. */
const SURROUNDINGS: RequestSurroundings = {
  options: DEFAULT_OPTIONS,
  headers: new HttpHeaders().freeze(),
  platform: { parseUrl: parsePageUrl },
};
