import { NetworkError } from '../../../src/error.ts';
import type { Manager } from '../../../src/manager.ts';
import { Signals } from '../../../src/signals.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { parseKnownUrl } from '../../../src/util/known-origins.ts';
import { Liveness } from '../liveness.ts';
import { type Breach, judgeRequest } from '../policy/judge-request.ts';
import type { ResolvedPolicy } from '../policy/policy.ts';
import { ClientRate, Quota } from '../policy/quota.ts';
import type { BridgePort } from '../port.ts';
import {
  type ClientMessage,
  type ContinuedMessage,
  type OwnerMessage,
  PROTOCOL,
  type RequestMessage,
} from '../protocol.ts';
import { withUserinfo } from '../userinfo.ts';
import { readClientMessage } from './client-messages.ts';
import { Inbox } from './inbox.ts';
import { OwnerOutbox } from './owner-outbox.ts';
import { MalformedMessage, OversizeMessage } from './plain-copy.ts';
import { PortFlow } from './port-flow.ts';
import { type ServedPortSignals, SIGNALS } from './port-signals.ts';
import { asNetworkError, ServedCalls } from './served-calls.ts';
import { type RequestHost, ServedRequest } from './served-request.ts';
import { UploadCredit } from './upload-credit.ts';
import { Violations } from './violations.ts';

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
  /** @internal How fast the client is, by which it is known among those that share the manager, too. */
  readonly rate: ClientRate;
  /** @internal */
  readonly clock: Clock;
  /** @internal */
  readonly outbox: OwnerOutbox<OwnerMessage>;
  readonly #port: BridgePort;
  readonly #inbox: Inbox;
  readonly #violations = new Violations();
  readonly #quota: Quota;
  readonly #liveness: Liveness;
  readonly #requests = new Map<number, ServedRequest>();
  readonly #calls: ServedCalls;
  readonly #forgetManager: () => void;
  /** The last number that a request or call had. */
  #last = 0;
  #state: 'new' | 'open' | 'closed' = 'new';

  /** @internal `serve` makes them. */
  constructor(manager: Manager, port: BridgePort, policy: ResolvedPolicy, rate?: ClientRate) {
    super(SIGNALS);
    this.manager = manager;
    this.policy = policy;
    this.flow = new PortFlow(policy.bytesInFlight);
    this.#port = port;
    const clock = manager.clock ?? systemClock;
    this.clock = clock;
    this.rate = rate ?? new ClientRate(clock);
    this.#inbox = new Inbox(port, this);
    this.#quota = new Quota(policy, this.rate);
    this.#calls = new ServedCalls(this, this.#quota);
    this.outbox = new OwnerOutbox(port, clock, (cause) => this.#gone(cause));
    this.#liveness = new Liveness(port, clock, {
      ping: () => this.send({ type: 'ping' }),
      lock: (name) => this.send({ type: 'lock', name }),
      gone: () => this.#gone(null),
    });
    const managerClosed = (): void =>
      this.leave(new NetworkError('operation-canceled', 'the manager was closed'));
    this.#forgetManager = manager.whenClosed(managerClosed);
    // Not before somebody can listen to this port.
    if (manager.isClosed) void Promise.resolve().then(managerClosed);
    port.open({
      message: (post) => this.#take(post),
      unreadable: () => this.#malformed('a message that cannot be read'),
      closed: () => this.#gone(null),
    });
  }

  /** @internal */
  get transfers(): boolean {
    return this.#port.transfers;
  }

  /** Nothing is served any more: closed from either side. */
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** How many the client has open now, those that wait in the queue included. */
  get requestsUnderWay(): number {
    return this.#requests.size;
  }

  /** @internal How much is kept of the client: requests, calls, and what waits to be obeyed or posted. */
  get held(): number {
    return this.#requests.size + this.#calls.size + this.#inbox.weight + this.outbox.size;
  }

  /** Ends what the client has under way with operation-canceled, tells it, and closes the port. */
  close(): void {
    this.leave(new NetworkError('operation-canceled', 'the owner of the manager has closed the port'));
  }

  /** @internal Like {@link close}, for a reason of one's own. */
  leave(error: NetworkError): void {
    if (this.#state === 'closed') return;
    this.outbox.sendMentioned();
    this.send({ type: 'goodbye', error: error.toJSON() });
    this.#end(error);
  }

  /** @internal */
  send = (message: OwnerMessage): void => this.outbox.send(message);

  /** @internal */
  violate = ({ rule, reason }: Breach, url: string): NetworkError => {
    const error = new NetworkError(
      'content-access-denied',
      `not allowed by the owner of the manager: ${reason} (rule ${rule} of its policy)`,
      url === '' ? {} : { url },
    );
    const told = this.#violations.add({ rule, reason, url: error.url ?? null }, this.clock.monotonic());
    if (told !== null) this.emit('policyViolated', told);
    return error;
  };

  /** @internal */
  flooded(breach: Breach): void {
    this.leave(this.violate(breach, ''));
  }

  /** @internal */
  over(id: number): void {
    if (this.#requests.delete(id)) this.#quota.end();
  }

  #take(post: unknown): void {
    if (this.#state === 'closed') return;
    this.#liveness.heard();
    this.#mind(() => this.#inbox.take(post));
  }

  /** @internal */
  obey(said: unknown): void {
    this.#mind(() => {
      const message = said instanceof OversizeMessage ? said : readClientMessage(said);
      if (this.#state === 'new') this.#greet(message);
      else if (message instanceof OversizeMessage) this.#refuseOversize(message);
      else this.#obey(message);
    });
  }

  /** Ends the one request or call that has said too much. */
  #refuseOversize({ type, id }: OversizeMessage): void {
    this.#number(id);
    const reason = `a ${type} of more than ${this.policy.maximumMessageSize} bytes`;
    const error = this.violate({ rule: 'maximumMessageSize', reason }, '');
    if (type === 'call') this.#calls.refuse(id, error);
    else new ServedRequest(this, { id, method: '' }).refuse(error);
  }

  /** What no client says ends the port, wherever that is noticed. */
  #mind(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#malformed(error.message);
    }
  }

  #greet(message: ClientMessage | OversizeMessage): void {
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
    this.rate.addRequest();
  }

  #request(message: RequestMessage): void {
    const request = new ServedRequest(this, message);
    try {
      const url = parseKnownUrl(message.url);
      const breach = judgeRequest(message, url, this.policy) ?? this.#quota.begin();
      if (breach !== null) {
        request.refuse(this.violate(breach, url.href));
        return;
      }
      this.#requests.set(message.id, request);
      // What was judged and not what was said: `http:x` is relative to a base that the manager may have.
      request.start(message, withUserinfo(url));
    } catch (error) {
      request.refuse(asNetworkError(error, message.url));
    }
  }

  #toRequest(message: ContinuedMessage): void {
    if (message.id > this.#last) throw new MalformedMessage(`a ${message.type} for no request`);
    const request = this.#requests.get(message.id);
    if (request === undefined) {
      // It was over before the other side knew, or is a call.
      if (message.type === 'abort') this.#calls.stop(message.id);
      return;
    }
    request.obey(message);
  }

  #malformed(reason: string): void {
    if (this.#state === 'closed') return;
    this.leave(this.violate({ rule: 'protocol', reason }, ''));
  }

  #gone(cause: unknown): void {
    this.#end(
      new NetworkError('network-session-failed', 'the client has gone away', cause === null ? {} : { cause }),
    );
  }

  #end(error: NetworkError | null): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#forgetManager();
    this.#liveness.close();
    this.#inbox.close();
    const reason = error ?? new NetworkError('operation-canceled', 'the client was closed');
    for (const request of [...this.#requests.values()]) request.abort(reason);
    this.#calls.end();
    this.outbox.flush();
    this.outbox.close();
    this.#port.close();
    for (const untold of this.#violations.rest()) this.emit('policyViolated', untold);
    this.emit('closed', error);
  }
}
