import type { ReplyEvent } from '../../../src/call/reply-event.ts';
import type { Timings } from '../../../src/call/timings.ts';
import type { NetworkReply } from '../../../src/reply/reply.ts';
import type { OwnerMessage } from '../protocol.ts';
import type { OwnerOutbox } from './owner-outbox.ts';
import { ToldTimes } from './told-times.ts';

type EventsMessage = Extract<OwnerMessage, { readonly type: 'events' }>;

/** What is told of one request. Events that follow each other are one message: it costs more than what is in it. */
export class ToldEvents {
  readonly #id: number;
  readonly #outbox: OwnerOutbox<OwnerMessage>;
  readonly #times = new ToldTimes();
  /** What was mentioned last, until something is sent. */
  #mentioned: EventsMessage | null = null;

  constructor(id: number, outbox: OwnerOutbox<OwnerMessage>) {
    this.#id = id;
    this.#outbox = outbox;
  }

  /** @param reply whose times are told as well */
  tell(event: ReplyEvent, reply: NetworkReply | null): void {
    const outbox = this.#outbox;
    const message = this.#waiting ?? { type: 'events', id: this.#id, events: [], times: [] };
    put(event, this.#newTimes(event, reply), message, reply);
    // What comes soon brings it along: a post of its own costs a fifth of a small request.
    const canWait = event.type === 'request-sent' || event.type === 'upload-progress';
    this.#mentioned = canWait && message !== outbox.last ? message : null;
    if (this.#mentioned !== null) outbox.mention(message);
    else outbox.send(message, event.type === 'data' ? [event.chunk] : []);
  }

  /** What is no event goes behind those that are mentioned. */
  send(message: OwnerMessage, given?: readonly Uint8Array[]): void {
    const outbox = this.#outbox;
    if (this.#mentioned !== null && outbox.isMentioned(this.#mentioned)) outbox.send(this.#mentioned);
    this.#mentioned = null;
    outbox.send(message, given);
  }

  /** What has not been posted, and what is put into it stays in its order. */
  get #waiting(): EventsMessage | null {
    const outbox = this.#outbox;
    if (this.#mentioned !== null && outbox.isMentioned(this.#mentioned)) return this.#mentioned;
    const { last } = outbox;
    return last?.type === 'events' && last.id === this.#id ? last : null;
  }

  /** What is said of an upload may be overtaken, and is said again then. */
  #newTimes({ type }: ReplyEvent, reply: NetworkReply | null): Partial<Timings> | null {
    const timings = type === 'data' ? null : (reply?.timings ?? null);
    return timings === null ? null : this.#times.news(timings, type !== 'upload-progress');
  }
}

/** How far an upload is takes the place of how far it was, unless the request wants to know of each. */
function put(
  event: ReplyEvent,
  times: Partial<Timings> | null,
  { events, times: all }: EventsMessage,
  reply: NetworkReply | null,
): void {
  const isOld = event.type === 'upload-progress' && events.at(-1)?.type === 'upload-progress';
  if (isOld && reply?.request.options.emitAllUploadProgressSignals !== true) {
    events.pop();
    all.pop();
  }
  events.push(event);
  all.push(times);
}
