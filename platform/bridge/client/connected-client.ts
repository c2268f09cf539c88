import { AskedAuthenticator } from '../../../src/auth/authenticator.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import { type Checks, CLOCK, checkOptions, wholeNumber } from '../../../src/checks/checker.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodyInput } from '../../../src/message/body-input.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import type { NetworkClient } from '../../../src/network-client.ts';
import type { NetworkRequest } from '../../../src/options/options.ts';
import { fetchThrough } from '../../../src/reply/fetch-through.ts';
import type { Operation } from '../../../src/reply/operation.ts';
import { NetworkReply } from '../../../src/reply/reply.ts';
import type { ReplyCore } from '../../../src/reply/reply-core.ts';
import type { ReplyOwner } from '../../../src/reply/reply-signals.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { type RequestSurroundings, resolveRequest } from '../../../src/resolve-request.ts';
import { ActiveSet } from '../../../src/util/active-set.ts';
import type { CaptureContext } from '../../../src/util/async-context.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { INSPECT, type Inspect, inspection } from '../../../src/util/inspection.ts';
import { OWNER, Verbs } from '../../../src/verbs.ts';
import { parsePageUrl } from '../../common/page-url.ts';
import type { BridgePort } from '../port.ts';
import { ClientLink } from './client-link.ts';

/** How {@link connect} waits for the other side. */
export interface ConnectOptions {
  /** Milliseconds within which the owner has to answer. @default 30 000 */
  readonly connectTimeout?: number;
  /** @default the system's */
  readonly clock?: Clock;
}

const CHECKS: Checks<ConnectOptions> = { connectTimeout: wholeNumber(1), clock: CLOCK };

/**
 * Makes requests with a manager that lives on the other side of a port. Its replies are what the manager's are: same class,
 * same signals in the same order, same errors. Options that a request does not set are the owner's, but for what concerns a
 * reply on this side (`throwHttpErrors`, `readBufferSize`, `autoDeleteReplies`), where the documented defaults hold.
 */
export class ConnectedClient extends Verbs implements NetworkClient {
  /** Resolves when the owner has answered; rejects when it has refused, or does not answer. Requests need not wait for it. */
  readonly ready: Promise<void>;
  readonly #link: ClientLink;
  readonly #running = new ActiveSet<ReplyCore>();
  override readonly [OWNER]: ReplyOwner<NetworkReply> = {
    finished: (reply) => this.emit('finished', reply),
    ask: (signal, ...given) => this.ask(signal, ...(given as [never, never])),
    authenticator: (challenge) => new AskedAuthenticator(challenge),
    fault: (fault) => {
      if (!this.emit('faultOccurred', fault)) console.warn(fault);
    },
    // What runs behind a request runs where the manager is.
    behind: async () => {},
  };

  /** @internal `connect` makes them. */
  constructor(port: BridgePort, options: ConnectOptions | undefined, captureContext?: CaptureContext) {
    super();
    const { connectTimeout = 30_000, clock = systemClock } = checkOptions('connect', options, CHECKS);
    this.#link = new ClientLink(port, { connectTimeout, clock, captureContext });
    this.ready = this.#link.ready.then(() => {});
    this.ready.catch(() => {});
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

  /** Schemes that requests may have: http and https until {@link ready}, then those that the policy of the owner allows. */
  supportedSchemes(): string[] {
    return [...(this.#link.welcome?.schemes ?? ['http', 'https'])];
  }

  /** Why the client cannot be used any more (the owner has gone, or refused it), or null. */
  get failure(): NetworkError | null {
    return this.#link.failure;
  }

  /** Fails what is in flight and lets go of the port. Later requests end with operation-canceled at once. */
  async close(): Promise<void> {
    const reason = new NetworkError('operation-canceled', 'the client was closed');
    for (const reply of [...this.#running]) reply.cancel(reason, true);
    this.#link.close(reason);
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
    return resolveRequest(operation, request, body, SURROUNDINGS);
  }
}

/** What a request does not say is the owner's to add. */
const SURROUNDINGS: RequestSurroundings = {
  options: DEFAULT_OPTIONS,
  headers: new HttpHeaders().freeze(),
  platform: { parseUrl: parsePageUrl },
};
