import { type Answered, type Question, type QuestionType, silenceOf } from '../../../src/call/question.ts';
import type { ReplyEvent } from '../../../src/call/reply-event.ts';
import { NetworkError, type NetworkErrorJson } from '../../../src/error.ts';
import type { Manager } from '../../../src/manager.ts';
import { requestBody } from '../../../src/message/body.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import type { NetworkRequest } from '../../../src/options/options.ts';
import { operationOf } from '../../../src/reply/operation.ts';
import type { NetworkReply } from '../../../src/reply/reply.ts';
import type { BodyControl } from '../../../src/reply/reply-body.ts';
import type { ReplyRelay } from '../../../src/reply/reply-relay.ts';
import { parseUrl } from '../../../src/util/url.ts';
import { type Breach, judgeTarget } from '../policy/judge-request.ts';
import type { ResolvedPolicy } from '../policy/policy.ts';
import type { ClientRate } from '../policy/quota.ts';
import { type ContinuedMessage, type OwnerMessage, REPLY_WINDOW, type RequestMessage } from '../protocol.ts';
import type { OwnerOutbox } from './owner-outbox.ts';
import { MalformedMessage } from './plain-copy.ts';
import type { PortFlow } from './port-flow.ts';
import { shownEvent, withoutSetCookie } from './shown-event.ts';
import { ToldEvents } from './told-events.ts';
import type { UploadCredit } from './upload-credit.ts';
import { RemoteUpload } from './upload-pass.ts';

/** The port, as the requests that came through it see it. */
export interface RequestHost {
  readonly manager: Manager;
  readonly policy: ResolvedPolicy;
  /** @internal By which the client is known among those that share the manager. */
  readonly rate: ClientRate;
  readonly flow: PortFlow;
  readonly uploadCredit: UploadCredit;
  /** @internal Bytes are handed over by the port, not copied. */
  readonly transfers: boolean;
  /** @internal */
  readonly outbox: OwnerOutbox<OwnerMessage>;
  /** @internal Tells the owner, and gives the error that the other side gets. */
  violate(breach: Breach, url: string): NetworkError;
  /** @internal The request is over. */
  over(id: number): void;
}

/** A request of the other side: its reply is here, and everything that happens to it is told and asked there. */
export class ServedRequest implements ReplyRelay {
  readonly client: ClientRate;
  isBodyUnread = false;
  readonly #host: RequestHost;
  readonly #id: number;
  readonly #said: ToldEvents;
  #method: string;
  #reply: NetworkReply | null = null;
  #control: BodyControl | null = null;
  /** Bytes that were sent and that the reader there has not taken. */
  #unread = 0;
  #questions = 0;
  #isOver = false;
  /** Where a body is sent. Most requests have none, and ask nothing. */
  #upload: RemoteUpload | null = null;
  #asked: Map<number, (answered: Answered) => void> | null = null;

  constructor(host: RequestHost, { id, method }: Pick<RequestMessage, 'id' | 'method'>) {
    this.#host = host;
    this.#id = id;
    this.#said = new ToldEvents(id, host.outbox);
    this.#method = method;
    this.client = host.rate;
  }

  /** @param url as it was judged */
  start({ method, headers, options, body }: RequestMessage, url: string): void {
    const { siteForCookies } = this.#host.policy;
    const operation = operationOf(method);
    const request: NetworkRequest = {
      ...options,
      url,
      headers: HttpHeaders.adopt(headers),
      ...(operation === 'custom' ? { method } : {}),
      ...(siteForCookies === null ? {} : { siteForCookies }),
    };
    if (body !== null) this.#upload = this.#remoteUpload();
    const upload = body === null ? null : { [requestBody]: () => this.#upload!.body(body) };
    const { reply, control } = this.#host.manager.startRelayed(operation, request, upload, this);
    this.#reply = reply;
    this.#control = control;
    // One that an overridden createRequest has kept.
    if (reply.isFinished) this.refuse(reply.error ?? cancelled(url));
  }

  /** Ends it before it has begun. */
  refuse(error: NetworkError): void {
    this.#tell({ type: 'failed', error: error.toJSON() });
    this.#end(error);
  }

  accept(event: ReplyEvent): void {
    const breach = this.#breachOf(event);
    if (breach !== null) {
      this.#reply!.abort(breach);
      return;
    }
    this.#tell(event);
    if (event.type === 'failed') this.#end(NetworkError.from(event.error));
    else if (event.type === 'end') this.#end(null);
  }

  /** The other side is asked first. What it says beside what silence says holds; else who listens here is asked. */
  async ask<Type extends QuestionType>(
    question: Question<Type>,
    here: () => Promise<Answered<Type>>,
  ): Promise<Answered<Type>> {
    if (question.type === 'redirect') {
      const { target } = question as Question<'redirect'>;
      const breach = this.#judge(target);
      if (breach !== null) return { answer: null, error: breach.toJSON() };
    }
    if (!this.#host.policy.questions.includes(question.type)) return here();
    const answered = await this.#put(question as Question);
    const isSilent =
      answered.error === null && JSON.stringify(answered.answer) === JSON.stringify(silenceOf(question.type));
    return isSilent ? here() : (answered as Answered<Type>);
  }

  /** @throws MalformedMessage for what a client cannot have to say */
  obey(message: ContinuedMessage): void {
    switch (message.type) {
      case 'credit':
        this.#takeCredit(message.bytes, message.isUnread);
        break;
      case 'priority':
        this.#reply?.setPriority(message.priority);
        break;
      case 'abort':
        this.abort(new NetworkError('operation-canceled', 'the client has aborted the request'));
        break;
      case 'answer':
        this.#asked?.get(message.question)?.(message.answered);
        this.#asked?.delete(message.question);
        break;
      default:
        this.#takeUpload(message);
    }
  }

  /** Ends it; the other side knows, or is gone. */
  abort(error: NetworkError): void {
    const reply = this.#reply;
    this.#end(error);
    reply?.abort(error);
  }

  #takeCredit(bytes: number, isUnread: boolean): void {
    if (bytes > this.#unread) throw new MalformedMessage('more was read than was sent');
    this.#unread -= bytes;
    this.isBodyUnread = isUnread;
    this.#resume();
  }

  #takeUpload(message: Extract<ContinuedMessage, { readonly pass: number }>): void {
    const upload = this.#upload;
    if (upload === null || !upload.knows(message.pass))
      throw new MalformedMessage('bytes of a body that was not opened');
    const pass = upload.pass(message.pass);
    if (message.type === 'upload-end') pass?.end();
    else if (message.type === 'upload-failed')
      pass?.fail(NetworkError.from(message.error as NetworkErrorJson));
    else if (pass?.chunk(message.chunk) === false)
      throw new MalformedMessage('more bytes of a body than were asked for');
  }

  #tell(event: ReplyEvent): void {
    const { policy, flow } = this.#host;
    const shown =
      this.#reply === null && event.type !== 'failed' ? null : shownEvent(event, policy.showSetCookie);
    if (shown === null) return;
    // It may be handed over at once, and has no bytes then.
    const length = shown.type === 'data' ? shown.chunk.length : 0;
    this.#said.tell(shown, this.#reply);
    if (shown.type !== 'data') return;
    this.#unread += length;
    const mayGoOn = flow.sent(length, this.#resume);
    if (!mayGoOn || this.#unread >= REPLY_WINDOW) this.#control!.pause();
  }

  readonly #resume = (): void => {
    if (this.#unread >= REPLY_WINDOW || !this.#host.flow.mayGoOn(this.#resume)) return;
    this.#control?.resume();
  };

  /** What the policy has against what comes next: the target of a redirect, or where the platform has been led. */
  #breachOf(event: ReplyEvent): NetworkError | null {
    if (event.type === 'hop') this.#method = methodAfter(event.hop.status, this.#method);
    if (event.type === 'redirected') return this.#judge(event.target);
    return event.type === 'head' && event.redirectedByPlatform ? this.#judge(event.url) : null;
  }

  #judge(target: string): NetworkError | null {
    const { policy, violate } = this.#host;
    const breach = judgeTarget(parseUrl(target), this.#method, policy);
    return breach === null ? null : violate(breach, target);
  }

  #put(question: Question): Promise<Answered> {
    const number = ++this.#questions;
    const { policy } = this.#host;
    const asked =
      question.type === 'redirect' && !policy.showSetCookie
        ? { ...question, headers: withoutSetCookie(question.headers) }
        : question;
    this.#said.send({ type: 'question', id: this.#id, question: number, asked });
    this.#asked ??= new Map();
    const waiting = this.#asked;
    return new Promise((resolve) => waiting.set(number, resolve));
  }

  #remoteUpload(): RemoteUpload {
    const { uploadCredit, transfers } = this.#host;
    const id = this.#id;
    return new RemoteUpload(
      {
        open: (pass, credit) => this.#said.send({ type: 'upload-open', id, pass, credit }),
        credit: (pass, bytes, emptied) => {
          const memory = transfers ? emptied : [];
          this.#said.send({ type: 'upload-credit', id, pass, bytes, memory }, memory);
        },
        close: (pass) => this.#said.send({ type: 'upload-close', id, pass }),
      },
      uploadCredit,
    );
  }

  /** @param error why; null when it has come to its end, after which an error is made for whoever still waits only */
  #end(error: NetworkError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const url = this.#reply?.url ?? '';
    this.#control = null;
    this.#reply = null;
    this.#host.flow.forget(this.#resume);
    this.#upload?.fail(() => error ?? cancelled(url));
    for (const answer of this.#asked?.values() ?? [])
      answer({ answer: null, error: (error ?? cancelled(url)).toJSON() });
    this.#asked = null;
    this.#host.over(this.#id);
  }
}

function cancelled(url: string): NetworkError {
  return new NetworkError('operation-canceled', 'the request is over', { url });
}

/** Fetch, HTTP-redirect fetch, step 12. */
function methodAfter(status: number, method: string): string {
  if (status === 303) return method === 'HEAD' ? method : 'GET';
  return (status === 301 || status === 302) && method === 'POST' ? 'GET' : method;
}
