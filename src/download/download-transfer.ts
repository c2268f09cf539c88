import type { CallSink } from '../call/call.ts';
import type { ReplyEvent, ResponseHead } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Timings } from '../call/timings.ts';
import { NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import type { Priority } from '../options/options.ts';
import type { ReplySource, Transfer } from '../reply/reply-source.ts';
import { withoutFragment } from '../util/url.ts';
import { digestsOf, type ExpectedDigest, verify } from './digest.ts';
import { answeredWith, noFile, notWanted, tooLong, wrongContent } from './failures.ts';
import { isWorthContinuing, type PartOfFile, pauseBeforeContinuing, requestFor } from './plan.ts';
import { type ReadAnswer, readAnswer } from './read-answer.ts';
import { type DownloadPlan, TargetWriter } from './target.ts';

/** Times that a file is begun, since what the server has may change. */
const MOST_BEGUN = 5;

type HeadEvent = Extract<ReplyEvent, { readonly type: 'head' }>;

/**
 * The answer to a download: a transfer that reads its body itself. It asks for what is missing, as often as it takes (each time by
 * a transfer of the pipeline), writes what comes, and ends when all of it is where it should be.
 *
 * `TargetWriter` does everything that concerns the target, in the order in which it is decided here. Offsets are believed only
 * under a strong validator, and an answer that does not fit is asked for anew, from the first byte on.
 */
export class DownloadTransfer<Saved> implements Transfer {
  readonly #source: ReplySource;
  readonly #request: HttpRequest;
  readonly #plan: DownloadPlan<Saved>;
  readonly #inner: CallSink;
  #sink: CallSink | null;
  #transfer: Transfer | null = null;
  /** The last one, when it is over, too. */
  #latest: Transfer | null = null;
  #priority: Priority | null = null;
  readonly #writer: TargetWriter;
  #isPaused = false;
  /** What the request under way has asked to continue. */
  #asked: PartOfFile | null = null;
  /** Under what the file is continued, or null. */
  #validator: string | null = null;
  #total: number | null = null;
  #bytes = 0;
  #digests: ExpectedDigest[] = [];
  /** The answer is none that is saved: it goes through as it is. */
  #isPassing = false;
  /** The head of an error. */
  #status: ResponseHead | null = null;
  /** A head was told. */
  #isTold = false;
  #resumed = false;
  /** Attempts since the last byte. */
  #fruitless = 0;
  #attempts = 1;
  /** Times that the file was begun. */
  #begun = 0;
  #timer: unknown = null;
  readonly #deadline: unknown;

  constructor(source: ReplySource, request: HttpRequest, sink: CallSink, plan: DownloadPlan<Saved>) {
    this.#source = source;
    this.#request = request;
    this.#plan = plan;
    this.#sink = sink;
    this.#inner = {
      accept: (event) => this.#accept(event),
      ask: (question) => sink.ask(question),
      hears: (type) => sink.hears?.(type) === true,
      inContext: (run) => (sink.inContext === undefined ? run() : sink.inContext(run)),
      behind: (behind, run) => sink.behind?.(behind, run) ?? null,
      faults: sink.faults ?? null,
    };
    this.#writer = new TargetWriter(plan.target, this);
    const { total = 0 } = request.options.timeouts;
    const created = source.clock.now();
    const late = (): void =>
      this.#fail(tooLong(total, request, this.#transfer?.timings, created, source.clock), true);
    this.#deadline = total === 0 ? null : source.clock.setTimeout(late, total);
  }

  get isOver(): boolean {
    return this.#sink === null;
  }

  drained(): void {
    if (!this.#isPaused) this.#transfer?.resume();
  }

  /** The target has refused. */
  failed(error: NetworkError): void {
    this.#fail(error, false);
  }

  get timings(): Timings | null {
    return this.#latest?.timings ?? null;
  }

  start(): void {
    this.#writer.do(async () => {
      const found = await this.#plan.target.open(withoutFragment(this.#request.url));
      this.#ask(this.#plan.resume ? found : null);
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.#transfer?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#writer.isFull) this.#transfer?.resume();
  }

  setPriority(priority: Priority): void {
    this.#priority = priority;
    this.#transfer?.setPriority(priority);
  }

  abandon(reason: NetworkError): void {
    this.#sink = null;
    this.#drop(reason);
    void this.#end(reason, true);
  }

  /** Sends the request for what is missing behind that part, or for all. */
  #ask(part: PartOfFile | null): void {
    if (this.#sink === null) return;
    this.#asked = part;
    const request = requestFor(this.#request, part, this.#plan.encodedBodies);
    const transfer = this.#source.open(request, this.#inner);
    this.#transfer = this.#latest = transfer;
    if (this.#priority !== null) transfer.setPriority(this.#priority);
    this.#inner.inContext!(() => transfer.start());
  }

  #accept(event: ReplyEvent): void {
    if (this.#sink === null) return;
    switch (event.type) {
      case 'head':
        this.#head(event);
        break;
      case 'data':
        this.#data(event);
        break;
      case 'end':
        if (this.#isPassing) this.#fail(answeredWith(this.#status!, this.#request), true, event);
        else this.#complete(event);
        break;
      case 'failed':
        this.#lost(NetworkError.from(event.error));
        break;
      default:
        this.#sink.accept(event);
    }
  }

  #head(head: HeadEvent): void {
    const read = readAnswer(head, this.#asked, this.#plan.encodedBodies, this.#source.clock.now());
    if (read.step === 'refuse') this.#fail(noFile(head, this.#request), true);
    else if (read.step === 'error') this.#refused(head);
    else if (read.step === 'again') {
      this.#drop(notWanted('what was there is no part of what the server has now'));
      this.#writer.do(async () => this.#ask(null));
    } else this.#take(head, read);
  }

  /** What follows is the file, or the rest of it. */
  #take(head: HeadEvent, { step, validator, total, type, digests }: ReadAnswer): void {
    const isPart = step === 'append';
    this.#bytes = isPart ? this.#asked!.bytes : 0;
    this.#resumed = isPart && (this.#resumed || this.#bytes > 0);
    this.#validator = validator;
    this.#total = total;
    this.#digests = isPart ? [...this.#digests, ...digests] : digests;
    if (!isPart && ++this.#begun > MOST_BEGUN) {
      this.#fail(wrongContent('what the server has changes faster than it is read', this.#request), false);
      return;
    }
    if (!isPart) {
      const part = this.#plan.resume && validator !== null ? { bytes: 0, validator, total } : null;
      this.#writer.do(() => this.#plan.target.begin(part, type, digests));
    }
    // A continuation is no news, but for how much there is.
    if (this.#isTold && isPart) return;
    this.#isTold = true;
    this.#sink!.accept({ ...head, total: this.#total ?? -1, received: this.#bytes });
  }

  /** An error status: at first it is the answer; of a continuation it may pass. */
  #refused(head: HeadEvent): void {
    if (!this.#isTold) {
      this.#isTold = true;
      this.#isPassing = true;
      this.#status = head;
      this.#sink!.accept(head);
      return;
    }
    this.#status = head;
    const error = answeredWith(head, this.#request);
    this.#drop(error);
    if (head.status >= 500 || head.status === 429 || head.status === 408) this.#lost(error, true);
    else this.#fail(error, false);
  }

  #data(event: Extract<ReplyEvent, { readonly type: 'data' }>): void {
    if (!this.#isPassing) {
      const chunk = event.lent ? event.chunk.slice() : event.chunk;
      this.#fruitless = 0;
      this.#bytes += chunk.length;
      if (this.#total !== null && this.#bytes > this.#total) {
        this.#fail(
          wrongContent(`it has more than the ${this.#total} bytes that were announced`, this.#request),
          false,
        );
        return;
      }
      this.#writer.write(chunk);
      if (this.#writer.isFull) this.#transfer?.pause();
    }
    this.#sink?.accept(event);
  }

  #complete(event: Extract<ReplyEvent, { readonly type: 'end' }>): void {
    this.#transfer = null;
    if (this.#total !== null && this.#bytes < this.#total) {
      this.#lost(wrongContent(`${this.#bytes} of ${this.#total} bytes came`, this.#request), true);
      return;
    }
    if (event.trailers !== null && this.#asked === null) {
      const trailers = HttpHeaders.adopt(event.trailers);
      this.#digests.push(...digestsOf(trailers.get('repr-digest'), 'Repr-Digest'));
    }
    this.#writer.do(async () => {
      const { digest, fault } = await verify(this.#plan.target, [...this.#plan.digests, ...this.#digests]);
      if (fault !== null) this.#fail(wrongContent(fault, this.#request), false);
      if (this.#sink === null) return;
      const saved = await this.#plan.target.finish();
      this.#stopTimers();
      const sink = this.#sink;
      this.#sink = null;
      this.#plan.saved(saved, { bytes: this.#bytes, resumed: this.#resumed, digest });
      sink?.accept(event);
    });
  }

  /** The connection, or the server, was lost: goes on where that can be done. */
  #lost(error: NetworkError, isPassing = isWorthContinuing(error.code)): void {
    this.#transfer = null;
    const validator = this.#plan.resume ? this.#validator : null;
    const mayGoOn = isPassing && this.#isTold && !this.#isPassing && validator !== null;
    const pause = mayGoOn ? pauseBeforeContinuing(++this.#fruitless, Math.random()) : null;
    if (pause === null || validator === null) {
      this.#fail(error, true);
      return;
    }
    this.#attempts++;
    this.#sink!.accept({ type: 'retrying', attempt: this.#attempts, delay: pause, error: error.toJSON() });
    const goOn = (): void => {
      const part = { bytes: this.#bytes, validator, total: this.#total };
      this.#writer.do(async () => this.#ask(part));
    };
    if (this.#sink !== null) this.#timer = this.#source.clock.setTimeout(goOn, pause);
  }

  /** Lets go of the answer under way. */
  #drop(reason: NetworkError): void {
    this.#transfer?.abandon(reason);
    this.#transfer = null;
  }

  /** Ends it with an error, and tells of it when the target is as it is to stay. */
  #fail(error: NetworkError, keep: boolean, last?: ReplyEvent): void {
    const sink = this.#sink;
    if (sink === null) return;
    this.#sink = null;
    this.#drop(error);
    const tell = (): void => sink.accept(last ?? { type: 'failed', error: error.toJSON() });
    void this.#end(error, keep).then(tell);
  }

  /** @param keep what is there may be continued another time */
  async #end(error: NetworkError, keep: boolean): Promise<void> {
    this.#stopTimers();
    await this.#writer.end(keep && this.#plan.resume);
    this.#plan.failed(error);
  }

  #stopTimers(): void {
    this.#source.clock.clearTimeout(this.#timer);
    this.#source.clock.clearTimeout(this.#deadline);
  }
}
