import type { NetworkError } from '../error.ts';
import type { Priority } from '../options.ts';
import type { Ask } from '../pipeline/question.ts';
import type { ReplyEvent } from '../pipeline/reply-event.ts';
import type { Timings } from '../pipeline/timings.ts';

/** How a source reaches its reply: events as plain values, and questions. */
export interface ReplySink {
  readonly accept: (event: ReplyEvent) => void;
  readonly ask: Ask;
}

/**
 * What stands behind a reply: an exchange of this process, a prepared answer, a port to another process. It is started
 * one turn after the reply was made, unless the reply was aborted by then. The last event is `end` or `failed`.
 */
export interface ReplySource {
  /** The exchange's clock readings, where there is one. */
  readonly timings?: Timings | null;
  start(sink: ReplySink): void;
  pause(): void;
  resume(): void;
  /** Gives the exchange up. Nothing is told to the sink after it. */
  cancel(reason: NetworkError): void;
  /** Moves the request in the queue, if it still waits there. */
  setPriority?(priority: Priority): void;
}
