import type { NetworkError } from '../error.ts';
import type { Priority } from '../options.ts';
import type { ExchangeSink } from '../pipeline/exchange.ts';
import type { Answered, Question, QuestionType } from '../pipeline/question.ts';
import type { ReplyEvent } from '../pipeline/reply-event.ts';
import type { HttpRequest } from '../pipeline/stage.ts';
import type { Timings } from '../pipeline/timings.ts';
import type { Clock } from '../util/clock.ts';
import type { Startable } from '../util/soon.ts';
import type { ReplyCore } from './reply-core.ts';

/** What stands behind replies: a pipeline of this process, a prepared answer, a port to another process. */
export interface ReplySource {
  /**
   * Makes the transfer that answers a request. Called one turn after its reply was made, unless that was aborted by then.
   */
  open(request: HttpRequest, sink: ExchangeSink): Transfer;
  readonly clock: Clock;
  /** What shows all else in a reply, where transfers tell and ask more than a response. */
  wire?: Wire;
  /** A cheaper way to start replies a turn later than a microtask of their own. */
  readonly startSoon?: (reply: Startable) => void;
  /** How bodies become text, where the platform has a faster way to decode UTF-8 than TextDecoder. */
  readonly decodeText?: TextDecoding;
}

/** What happens to a reply beside its response. */
export type WireEvent = Exclude<ReplyEvent, { readonly type: 'head' | 'data' | 'end' | 'failed' }>;

/** What only some transfers need of a reply: a page's fetch sees neither hops nor the wire. */
export interface Wire {
  tell(core: ReplyCore, event: WireEvent): void;
  ask<Type extends QuestionType>(core: ReplyCore, question: Question<Type>): Promise<Answered<Type>>;
  /** Whether a promise was served from a lent chunk that is the whole body. */
  convertEarly(core: ReplyCore, chunk: Uint8Array): boolean;
}

/** UTF-8 as WHATWG `text()` decodes it: a BOM is dropped, broken sequences become U+FFFD. */
export type TextDecoding = (bytes: Uint8Array) => string;

/** The answer to one request, under way. The last event that its sink gets is `end` or `failed`. */
export interface Transfer {
  /** The exchange's clock readings, where there is one. */
  readonly timings: Timings | null;
  start(): void;
  pause(): void;
  resume(): void;
  /** Gives the transfer up. Nothing is told to the sink after it. */
  abandon(reason: NetworkError): void;
  /** Moves the request in the queue, now if it waits there. */
  setPriority(priority: Priority): void;
}
