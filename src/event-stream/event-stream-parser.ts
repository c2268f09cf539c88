/** One event of a stream of server-sent events. WHATWG: MessageEvent. */
export interface ServerSentEvent {
  /** The `event` field; `'message'` when there was none. */
  readonly type: string;
  /** The `data` fields, joined by line feeds. */
  readonly data: string;
  /** The last `id` that the stream has set, in this event or before it; `''` when there was none. */
  readonly lastEventId: string;
}

/**
 * Makes events of the lines of an event stream: no I/O, no timers.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventStreamParser {
  /** What `Last-Event-ID` says when the stream is asked for again. */
  lastEventId: string;
  /** Milliseconds that the stream wants to be left alone before it is asked for again; null until it says so. */
  retry: number | null = null;
  readonly #limit: number;
  #type = '';
  #data: string[] = [];
  #size = 0;
  #id: string;

  /**
   * @param limit most characters of the data of one event
   * @param lastEventId of the streams before it
   */
  constructor(limit: number, lastEventId = '') {
    this.#limit = limit;
    this.#id = lastEventId;
    this.lastEventId = lastEventId;
  }

  /**
   * Takes one line, and gives the event that it completes, or null. An event that the end of the stream cuts is none.
   * @throws RangeError when an event is larger than it may be
   */
  push(line: string): ServerSentEvent | null {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon !== 0) this.#field(...nameAndValue(line, colon));
    return null;
  }

  #field(name: string, value: string): void {
    if (name === 'event') this.#type = value;
    else if (name === 'data') this.#addData(value);
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) this.retry = Number(value);
  }

  #addData(value: string): void {
    this.#size += value.length + 1;
    if (this.#size > this.#limit)
      throw new RangeError(`an event has more than ${this.#limit} characters of data`);
    this.#data.push(value);
  }

  #dispatch(): ServerSentEvent | null {
    this.lastEventId = this.#id;
    const type = this.#type === '' ? 'message' : this.#type;
    const lines = this.#data;
    this.#type = '';
    this.#data = [];
    this.#size = 0;
    return lines.length === 0 ? null : { type, data: lines.join('\n'), lastEventId: this.#id };
  }
}

/** A line without a colon is a name with an empty value; one space after the colon belongs to neither. */
function nameAndValue(line: string, colon: number): [name: string, value: string] {
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))];
}
