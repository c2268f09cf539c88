import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

/** What the server knows of the requests with one id; what `/journal` answers. */
export interface JournalRecord {
  readonly requests: number;
  /** Bytes of request bodies that were read. */
  readonly received: number;
  /** Bytes of response bodies that were accepted by the connection. */
  readonly written: number;
  /** How the last of them ended: answered in whole, or its connection was lost. Null while it runs. */
  readonly ended: 'answered' | 'lost' | null;
}

/** What `/journal?until=` waits for. */
export type Milestone = 'arrived' | 'ended' | 'stalled';

/** A writer is stalled when its connection has taken nothing for this long, milliseconds. */
const STALLED_AFTER = 250;

/** The story of the requests with one id. */
export class JournalEntry {
  requests = 0;
  received = 0;
  ended: JournalRecord['ended'] = null;
  /** What `/together` has not answered yet. */
  readonly gathered: ServerResponse[] = [];
  #written = 0;
  #lastWrite = 0;
  #waiting: (() => void)[] = [];

  get written(): number {
    return this.#written;
  }

  wrote(bytes: number): void {
    this.#written += bytes;
    this.#lastWrite = Date.now();
    this.changed();
  }

  changed(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async reached(milestone: Milestone): Promise<JournalRecord> {
    while (!this.#has(milestone)) await this.#change(milestone === 'stalled');
    return this.record();
  }

  record(): JournalRecord {
    const { requests, received, written, ended } = this;
    return { requests, received, written, ended };
  }

  #has(milestone: Milestone): boolean {
    if (milestone === 'arrived') return this.requests > 0;
    if (milestone === 'ended' || this.ended !== null) return this.ended !== null;
    return this.#written > 0 && Date.now() - this.#lastWrite >= STALLED_AFTER;
  }

  #change(orTimePasses: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (orTimePasses) setTimeout(resolve, STALLED_AFTER / 5).unref();
    });
  }
}

/** What happened to requests that carry an id, for tests that cannot see it from their end of the connection. */
export class Journal {
  readonly #entries = new Map<string, JournalEntry>();

  /** The entry of an id; also of one that has not been seen yet. */
  entry(id: string): JournalEntry {
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = new JournalEntry();
      this.#entries.set(id, entry);
    }
    return entry;
  }

  /** Notes that a request has arrived, and how it ends. */
  enter(id: string | null, response: ServerResponse): JournalEntry {
    const entry = id === null ? new JournalEntry() : this.entry(id);
    entry.requests++;
    entry.ended = null;
    response.on('close', () => {
      entry.ended = isAnswered(response) ? 'answered' : 'lost';
      entry.changed();
    });
    entry.changed();
    return entry;
  }
}

/** A response of HTTP/2 counts as finished when its stream was reset, too. */
function isAnswered(response: ServerResponse): boolean {
  const { stream } = response as { readonly stream?: ServerHttp2Stream };
  return response.writableFinished && (stream === undefined || stream.rstCode === 0);
}
