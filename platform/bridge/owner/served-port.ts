import { NetworkError, type NetworkErrorJson } from '../../../src/error.ts';
import type { Manager } from '../../../src/manager.ts';
import { isFieldValue } from '../../../src/message/headers.ts';
import { Signals } from '../../../src/signals.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { type ParsedUrl, parseUrl } from '../../../src/util/url.ts';
import { Liveness } from '../liveness.ts';
import { Outbox } from '../outbox.ts';
import { type Breach, judgeRequest, type PolicyRule } from '../policy/judge-request.ts';
import type { ResolvedPolicy } from '../policy/policy.ts';
import { Quota, RequestRate } from '../policy/quota.ts';
import type { BridgePort } from '../port.ts';
import { type ClientMessage, type OwnerMessage, PROTOCOL, type RequestMessage } from '../protocol.ts';
import { readClientMessages } from './client-messages.ts';
import { MalformedMessage } from './plain-copy.ts';
import { PortFlow } from './port-flow.ts';
import { asNetworkError, ServedCalls } from './served-calls.ts';
import { type RequestHost, ServedRequest } from './served-request.ts';
import { UploadCredit } from './upload-credit.ts';

/** What a client has tried that the policy does not allow. */
export interface PolicyViolation {
  /** Which part of the policy forbids it. */
  readonly rule: PolicyRule;
  /** In words, without secrets. */
  readonly reason: string;
  /** Of the request, without userinfo and fragment; null when it was none. */
  readonly url: string | null;
}

/** What a {@link ServedPort} tells its owner, by {@link ServedPort.on}. */
export type ServedPortSignals = {
  /** A client has tried what the policy does not allow. It got content-access-denied, or its port was closed. */
  policyViolated: (violation: PolicyViolation) => void;
  /** The port is closed and nothing of its client is left. The error says why, null when it was said goodbye. */
  closed: (error: NetworkError | null) => void;
};

const SIGNALS: ReadonlySet<string> = new Set(
  Object.keys({ policyViolated: 1, closed: 1 } satisfies Record<keyof ServedPortSignals, 1>),
);

/** A client that is served through a port. */
export class ServedPort extends Signals<ServedPortSignals> implements RequestHost {
  /** Whose requests the client makes. */
  readonly manager: Manager;
  /** What the client may do, with every default filled in. */
  readonly policy: ResolvedPolicy;
  /** Counts the bytes of bodies that the client has not taken yet. */
  readonly flow: PortFlow;
  /** Counts the bytes of uploads that the client may send. */
  readonly uploadCredit = new UploadCredit();
  readonly #port: BridgePort;
  readonly #outbox: Outbox<OwnerMessage>;
  readonly #quota: Quota;
  readonly #liveness: Liveness;
  readonly #requests = new Map<number, ServedRequest>();
  readonly #calls: ServedCalls;
  /** The last number that a request or call had. */
  #last = 0;
  #state: 'new' | 'open' | 'closed' = 'new';

  /** @internal `serve` makes them. */
  constructor(manager: Manager, port: BridgePort, policy: ResolvedPolicy, rate?: RequestRate) {
    super(SIGNALS);
    this.manager = manager;
    this.policy = policy;
    this.flow = new PortFlow(policy.bytesInFlight);
    this.#port = port;
    const clock = manager.clock ?? systemClock;
    this.#quota = new Quota(policy, rate ?? new RequestRate(clock));
    this.#calls = new ServedCalls(this, this.#quota);
    this.#outbox = new Outbox(port, (cause) => this.#gone(cause));
    this.#liveness = new Liveness(port, clock, {
      ping: () => this.send({ type: 'ping' }),
      lock: (name) => this.send({ type: 'lock', name }),
      gone: () => this.#gone(null),
    });
    port.open({
      message: (post) => this.#take(post),
      unreadable: () => this.#malformed('a message that cannot be read'),
      closed: () => this.#gone(null),
    });
  }

  /** Nothing is served any more: closed from either side. */
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** How many the client has open now, those that wait in the queue included. */
  get requestsUnderWay(): number {
    return this.#requests.size;
  }

  /** Ends what the client has under way with operation-canceled, tells it, and closes the port. */
  close(): void {
    this.#close(new NetworkError('operation-canceled', 'the owner of the manager has closed the port'));
  }

  /** @internal Like {@link close}, for a reason of one's own. */
  leave(error: NetworkError): void {
    this.#close(error);
  }

  /** @internal */
  send = (message: OwnerMessage, chunk: Uint8Array | null = null): void => this.#outbox.send(message, chunk);

  /** @internal */
  violate = ({ rule, reason }: Breach, url: string): NetworkError => {
    const error = new NetworkError(
      'content-access-denied',
      `not allowed by the owner of the manager: ${reason} (rule ${rule} of its policy)`,
      url === '' ? {} : { url },
    );
    this.emit('policyViolated', { rule, reason, url: error.url ?? null });
    return error;
  };

  /** @internal */
  over(id: number): void {
    if (this.#requests.delete(id)) this.#quota.end();
  }

  #take(post: unknown): void {
    if (this.#state === 'closed') return;
    this.#liveness.heard();
    try {
      for (const message of readClientMessages(post, this.policy.maximumMessageSize)) {
        if (this.isClosed) return;
        if (this.#state === 'new') this.#greet(message);
        else this.#obey(message);
      }
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#malformed(error.message);
    }
  }

  #greet(message: ClientMessage): void {
    if (message.type !== 'hello') throw new MalformedMessage('a client that does not say hello first');
    const { major, minor } = PROTOCOL;
    if (message.major !== major) {
      const reason = `this side speaks version ${major}.${minor} of the bridge, the other one ${message.major}.${message.minor}: both need the same major version of fairlead`;
      this.send({ type: 'refused', reason });
      this.#end(new NetworkError('protocol-failure', reason));
      return;
    }
    this.#state = 'open';
    const { schemes, questions } = this.policy;
    const supported = this.manager.supportedSchemes().filter((scheme) => schemes.includes(scheme));
    this.send({ type: 'welcome', major, minor, schemes: supported, questions });
  }

  #obey(message: ClientMessage): void {
    switch (message.type) {
      case 'request':
        this.#number(message.id);
        this.#request(message);
        break;
      case 'call':
        this.#number(message.id);
        this.#calls.take(message);
        break;
      case 'received':
        if (!this.flow.received(message.bytes)) throw new MalformedMessage('more was received than was sent');
        break;
      case 'lock':
        void this.#liveness.otherHolds(message.name);
        break;
      case 'ping':
        this.send({ type: 'pong' });
        break;
      case 'pong':
        break;
      case 'goodbye':
        this.#end(null);
        break;
      case 'hello':
        throw new MalformedMessage('a second hello');
      default:
        this.#toRequest(message);
    }
  }

  #number(id: number): void {
    if (id <= this.#last) throw new MalformedMessage('a number for two requests');
    this.#last = id;
  }

  #request(message: RequestMessage): void {
    const { id, body } = message;
    if (body?.bytes && body.length !== body.bytes.length)
      throw new MalformedMessage('a body of another length');
    if (typeof body?.contentType === 'string' && !isFieldValue(body.contentType))
      throw new MalformedMessage('a Content-Type that is none');
    const request = new ServedRequest(this, message);
    const refused = this.#refusal(message);
    if (refused !== null) {
      request.refuse(refused);
      return;
    }
    this.#requests.set(id, request);
    try {
      request.start(message);
    } catch (error) {
      request.refuse(asNetworkError(error, message.url));
    }
  }

  /** Why a request is not even begun, or null; then it counts. */
  #refusal(message: RequestMessage): NetworkError | null {
    let url: ParsedUrl;
    try {
      url = parseUrl(message.url);
    } catch (error) {
      return asNetworkError(error, message.url);
    }
    const breach = judgeRequest(message, url, this.policy) ?? this.#quota.begin();
    return breach === null ? null : this.violate(breach, url.href);
  }

  #toRequest(
    message: Exclude<
      ClientMessage,
      { type: 'hello' | 'received' | 'lock' | 'ping' | 'pong' | 'goodbye' | 'request' | 'call' }
    >,
  ): void {
    if (message.id > this.#last) throw new MalformedMessage(`a ${message.type} for no request`);
    const request = this.#requests.get(message.id);
    if (request === undefined) {
      // It was over before the other side knew, or is a call.
      if (message.type === 'abort') this.#calls.stop(message.id);
      return;
    }
    switch (message.type) {
      case 'credit':
        if (!request.credit(message.bytes, message.isUnread))
          throw new MalformedMessage('more was read than was sent');
        break;
      case 'priority':
        request.setPriority(message.priority);
        break;
      case 'abort':
        request.abort(new NetworkError('operation-canceled', 'the client has aborted the request'));
        break;
      case 'answer':
        request.answered(message.question, message.answered);
        break;
      default:
        this.#upload(request, message);
    }
  }

  #upload(request: ServedRequest, message: Extract<ClientMessage, { readonly pass: number }>): void {
    const { upload } = request;
    if (!upload.knows(message.pass)) throw new MalformedMessage('bytes of a body that was not opened');
    const pass = upload.pass(message.pass);
    if (message.type === 'upload-end') pass?.end();
    else if (message.type === 'upload-failed')
      pass?.fail(NetworkError.from(message.error as NetworkErrorJson));
    else if (pass?.chunk(message.chunk) === false)
      throw new MalformedMessage('more bytes of a body than were asked for');
  }

  #malformed(reason: string): void {
    if (this.#state === 'closed') return;
    this.#close(this.violate({ rule: 'protocol', reason }, ''));
  }

  #gone(cause: unknown): void {
    this.#end(
      new NetworkError('network-session-failed', 'the client has gone away', cause === null ? {} : { cause }),
    );
  }

  #close(error: NetworkError): void {
    if (this.#state === 'closed') return;
    this.send({ type: 'goodbye', error: error.toJSON() });
    this.#end(error);
  }

  #end(error: NetworkError | null): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#liveness.close();
    const reason = error ?? new NetworkError('operation-canceled', 'the client was closed');
    for (const request of [...this.#requests.values()]) request.abort(reason);
    this.#calls.end();
    this.#outbox.flush();
    this.#outbox.close();
    this.#port.close();
    this.emit('closed', error);
  }
}
