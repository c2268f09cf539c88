import type { AsyncContexts } from '../../../src/call/async-contexts.ts';
import type { QuestionType } from '../../../src/call/question.ts';
import type { IgnorableSslError } from '../../../src/call/tls-answers.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ReplySource } from '../../../src/reply/reply-source.ts';
import { IgnoredErrors } from '../../../src/tls/ignored-errors.ts';
import { type Clock, setBackgroundTimeout } from '../../../src/util/clock.ts';
import { Liveness } from '../liveness.ts';
import { Outbox } from '../outbox.ts';
import type { BridgePort } from '../port.ts';
import { type ClientMessage, type OwnerMessage, PROTOCOL, RECEIVED_STEP } from '../protocol.ts';
import { ClientCalls } from './client-calls.ts';
import { RemoteTransfer, type TransferHost } from './remote-transfer.ts';

export interface LinkOptions {
  readonly clock: Clock;
  readonly asyncContexts: AsyncContexts | undefined;
  /** Milliseconds until the owner has to have answered. */
  readonly connectTimeout: number;
}

/** What the owner has said of itself. */
export interface Welcome {
  readonly schemes: readonly string[];
  /** That it puts to this side. */
  readonly questions: readonly QuestionType[];
}

/** The client's end of a port: numbers what it asks for, and brings what is told to whom it is for. */
export class ClientLink implements TransferHost {
  failure: NetworkError | null = null;
  welcome: Welcome | null = null;
  readonly source: ReplySource;
  readonly ready: Promise<void>;
  readonly calls = new ClientCalls({
    send: (call) => this.send(call),
    number: () => ++this.#last,
    hold: () => this.#hold(),
    failure: () => this.failure,
  });
  readonly #port: BridgePort;
  readonly #outbox: Outbox<ClientMessage>;
  readonly #liveness: Liveness;
  readonly #clock: Clock;
  readonly #transfers = new Map<number, RemoteTransfer>();
  #last = 0;
  #received = 0;
  #greeting!: { resolve(): void; reject(error: NetworkError): void };
  readonly #patience: unknown;

  constructor(port: BridgePort, { clock, asyncContexts, connectTimeout }: LinkOptions) {
    this.#port = port;
    this.#clock = clock;
    this.source = {
      clock,
      asyncContexts,
      open: (request, sink) => new RemoteTransfer(request, sink, this),
      tlsAnswers: new RemoteTlsAnswers(() => this.welcome?.questions ?? null),
    };
    this.ready = new Promise((resolve, reject) => {
      this.#greeting = { resolve, reject };
    });
    // Every request fails with the same error.
    this.ready.catch(() => {});
    this.#outbox = new Outbox(port, (cause) => this.#gone(cause));
    this.#liveness = new Liveness(port, clock, {
      ping: () => this.send({ type: 'ping' }),
      lock: (name) => this.send({ type: 'lock', name }),
      gone: () => this.#gone(null),
    });
    this.#patience = setBackgroundTimeout(
      () => this.close(unanswered(connectTimeout)),
      connectTimeout,
      clock,
    );
    port.open({
      message: (post) => this.#take(post),
      unreadable: () => this.#gone(new Error('a message could not be read')),
      closed: () => this.#gone(null),
    });
    const { major, minor } = PROTOCOL;
    this.send({ type: 'hello', major, minor });
    this.#outbox.flush();
  }

  send(message: ClientMessage, given?: readonly Uint8Array[]): void {
    this.#outbox.send(message, given);
  }

  begin(transfer: RemoteTransfer): number {
    const id = ++this.#last;
    this.#transfers.set(id, transfer);
    this.#hold();
    return id;
  }

  over(id: number): void {
    this.#transfers.delete(id);
    this.#hold();
  }

  /** Ends a call that goes on. */
  stop(id: number): void {
    if (this.calls.forget(id)) this.send({ type: 'abort', id });
  }

  /** Ends everything with that error and lets go of the port. */
  close(error: NetworkError): void {
    if (this.failure !== null) return;
    this.send({ type: 'goodbye' });
    this.#end(error);
  }

  #hold(): void {
    this.#port.hold?.(this.#transfers.size + this.calls.size > 0);
  }

  #take(post: unknown): void {
    this.#liveness.heard();
    if (!Array.isArray(post)) return;
    for (const message of post as OwnerMessage[]) if (this.failure === null) this.#obey(message);
  }

  #obey(message: OwnerMessage): void {
    switch (message.type) {
      case 'events':
        message.events.forEach((event, i) => {
          if (event.type === 'data') this.#count(event.chunk.length);
          this.#transfers.get(message.id)?.event(event, message.times[i]!);
        });
        break;
      case 'question':
        void this.#transfers.get(message.id)?.question(message.question, message.asked);
        break;
      case 'upload-open':
        this.#transfers.get(message.id)?.openUpload(message.pass, message.credit);
        break;
      case 'upload-credit':
        this.#transfers.get(message.id)?.creditUpload(message);
        break;
      case 'upload-close':
        this.#transfers.get(message.id)?.closeUpload(message.pass);
        break;
      case 'result':
        this.calls.result(message);
        break;
      case 'changed':
        this.calls.changed(message);
        break;
      default:
        this.#hear(message);
    }
  }

  /** Tells in large steps what has arrived, whoever it was for. */
  #count(bytes: number): void {
    this.#received += bytes;
    if (this.#received < RECEIVED_STEP) return;
    this.send({ type: 'received', bytes: this.#received });
    this.#received = 0;
  }

  /** What is said of the port itself. What a later minor version says beside it is not for this one. */
  #hear(message: OwnerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#greet(message);
        break;
      case 'refused':
        this.#end(new NetworkError('protocol-failure', message.reason));
        break;
      case 'goodbye':
        this.#end(NetworkError.from(message.error));
        break;
      case 'lock':
        void this.#liveness.otherHolds(message.name);
        break;
      case 'ping':
        this.send({ type: 'pong' });
        break;
    }
  }

  #greet(welcome: Welcome): void {
    this.#clock.clearTimeout(this.#patience);
    this.welcome = welcome;
    this.#greeting.resolve();
  }

  #gone(cause: unknown): void {
    this.#end(
      new NetworkError(
        'network-session-failed',
        'the owner of the manager has gone away; connect again and repeat the request',
        cause === null ? {} : { cause },
      ),
    );
  }

  #end(error: NetworkError): void {
    if (this.failure !== null) return;
    this.#clock.clearTimeout(this.#patience);
    this.#liveness.close();
    // Before anybody is told: who asks again at once asks through the next link, where there can be one.
    this.failure = error;
    for (const transfer of [...this.#transfers.values()]) transfer.fail(error);
    this.calls.fail(error);
    this.#greeting.reject(error);
    this.#outbox.flush();
    this.#outbox.close();
    this.#port.close();
  }
}

/** What replies accept of wrong certificates, where the owner asks this side about them. */
class RemoteTlsAnswers extends IgnoredErrors {
  readonly #questions: () => readonly QuestionType[] | null;

  constructor(questions: () => readonly QuestionType[] | null) {
    super();
    this.#questions = questions;
  }

  override ignore(reply: object, errors?: readonly IgnorableSslError[]): void {
    if (this.#questions()?.includes('sslErrors') === false)
      throw new NetworkError(
        'content-access-denied',
        'ignoreSslErrors(): the owner of the manager does not ask this side about certificates (rule questions of its policy)',
      );
    super.ignore(reply, errors);
  }
}

function unanswered(ms: number): NetworkError {
  return new NetworkError('timeout', `no owner of a manager has answered on this port within ${ms} ms`);
}
