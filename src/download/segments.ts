import type { CallSink } from '../call/call.ts';
import type { ReplyEvent, ResponseHead } from '../call/reply-event.ts';
import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { Timings } from '../call/timings.ts';
import { NetworkError } from '../error.ts';
import type { Priority } from '../options/options.ts';
import type { ReplySource, Transfer } from '../reply/reply-source.ts';
import { areCrumbs, concatenate, copyBytes } from '../util/bytes.ts';
import { notWanted } from './failures.ts';
import { type Division, divisionOf, isPiece } from './pieces.ts';
import type { PartOfFile } from './plan.ts';
import { readAnswer } from './read-answer.ts';

/**
 * A source whose files come by several requests at a time, where the server allows it, and in their order all the same: for
 * whoever asks it is one answer. A server that has refused a piece once is asked for one answer from then on.
 * @param showsCodings as for {@link readAnswer}
 */
export function segmentedSource(source: ReplySource, segments: number, showsCodings: boolean): ReplySource {
  const terms: Terms = { source, segments, showsCodings, isRefused: false };
  return {
    ...source,
    open: (request, sink) =>
      terms.isRefused ? source.open(request, sink) : new SegmentedTransfer(terms, request, sink),
  };
}

interface Terms {
  readonly source: ReplySource;
  readonly segments: number;
  readonly showsCodings: boolean;
  isRefused: boolean;
}

/** Bytes of the file that one request brings. */
interface Piece {
  readonly transfer: Transfer;
  /** The first byte that has not come. */
  at: number;
  /** Behind the last one; Infinity while the file is not divided. */
  end: number;
  /** What has come before its turn. */
  chunks: Uint8Array[];
  /** Bytes of that. */
  held: number;
  /** Its answer is over. */
  isOver: boolean;
  /** Why no more of it comes. */
  failure: NetworkError | null;
}

/**
 * The first request is for all that is missing, as it would be alone. Its head says whether the file can be divided; then it
 * brings the first piece, and others are asked for beside it: those that are under way, or wait for their turn in memory, are
 * never more than `segments`. A piece that fails ends the answer where it has come to, so that what is asked for next is the
 * rest.
 */
class SegmentedTransfer implements Transfer {
  readonly #terms: Terms;
  readonly #request: HttpRequest;
  readonly #part: PartOfFile | null;
  readonly #first: Piece;
  #sink: CallSink | null;
  /** In the order of the file: the first one is passed on as it comes. */
  readonly #pieces: Piece[] = [];
  /** Answers that are not over; a piece may have come before its answer is. */
  readonly #running = new Set<Transfer>();
  #division: Division | null = null;
  #latest: Transfer;
  #priority: Priority | null = null;
  #isPaused = false;

  constructor(terms: Terms, request: HttpRequest, sink: CallSink) {
    this.#terms = terms;
    this.#request = request;
    this.#sink = sink;
    this.#part = partOf(request);
    this.#first = this.#open(request, sink, this.#part?.bytes ?? 0, Number.POSITIVE_INFINITY);
    this.#latest = this.#first.transfer;
  }

  get timings(): Timings | null {
    return this.#latest.timings;
  }

  start(): void {
    this.#first.transfer.start();
  }

  pause(): void {
    this.#isPaused = true;
    this.#pieces[0]?.transfer.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#passOn();
    if (!this.#isPaused) this.#pieces[0]?.transfer.resume();
  }

  setPriority(priority: Priority): void {
    this.#priority = priority;
    for (const transfer of this.#running) transfer.setPriority(priority);
  }

  abandon(reason: NetworkError): void {
    this.#sink = null;
    this.#pieces.length = 0;
    for (const transfer of this.#running) transfer.abandon(reason);
    this.#running.clear();
  }

  #open(request: HttpRequest, sink: CallSink, at: number, end: number): Piece {
    const accept = (event: ReplyEvent): void => this.#accept(piece, event);
    const transfer = this.#terms.source.open(request, { ...sink, accept });
    const piece: Piece = { transfer, at, end, chunks: [], held: 0, isOver: false, failure: null };
    if (this.#priority !== null) transfer.setPriority(this.#priority);
    this.#running.add(transfer);
    this.#pieces.push(piece);
    return piece;
  }

  #accept(piece: Piece, event: ReplyEvent): void {
    if (event.type === 'end' || event.type === 'failed') this.#running.delete(piece.transfer);
    const sink = this.#sink;
    if (sink === null || !this.#pieces.includes(piece)) return;
    if (this.#division === null) this.#undivided(sink, event);
    else if (event.type === 'data') this.#data(sink, piece, event);
    else if (event.type === 'head') this.#judge(piece, event);
    else if (event.type === 'end') this.#over(piece, cutShort());
    else if (event.type === 'failed') this.#over(piece, NetworkError.from(event.error));
    else if (event.type === 'fault') sink.accept(event);
  }

  #undivided(sink: CallSink, event: ReplyEvent): void {
    if (event.type === 'end' || event.type === 'failed') this.#sink = null;
    sink.accept(event);
    // Who is told of the head may let go of the answer.
    if (event.type !== 'head' || this.#sink === null) return;
    const { segments, showsCodings, source } = this.#terms;
    const read = readAnswer(event, this.#part, showsCodings, source.clock.now());
    const division = divisionOf(event, read, this.#part, segments);
    if (division === null) return;
    this.#division = division;
    const first = this.#first;
    if (read.step === 'begin') first.at = 0;
    first.end = Math.min(first.at + division.size, division.total);
    this.#askForMore();
  }

  #askForMore(): void {
    const { total, size, validator } = this.#division!;
    while (this.#sink !== null && this.#pieces.length < this.#terms.segments) {
      const last = this.#pieces.at(-1);
      if (last === undefined || last.failure !== null || last.end >= total) return;
      const end = Math.min(last.end + size, total);
      const headers = this.#request.headers.clone();
      headers.set('range', `bytes=${last.end}-${end - 1}`);
      headers.set('if-range', validator);
      const sink = this.#sink;
      const { transfer } = this.#open(withHeaders(this.#request, headers), sink, last.end, end);
      this.#latest = transfer;
      sink.inContext === undefined ? transfer.start() : sink.inContext(() => transfer.start());
    }
  }

  /** Whether the answer is the piece that was asked for. */
  #judge(piece: Piece, head: ResponseHead): void {
    const { showsCodings, source } = this.#terms;
    const asked = { ...this.#division!, bytes: piece.at };
    const read = readAnswer(head, asked, showsCodings, source.clock.now());
    if (isPiece(head, read, piece.end, this.#division!)) return;
    this.#terms.isRefused = true;
    this.#letGo(piece);
    this.#over(piece, refused(head));
  }

  #data(sink: CallSink, piece: Piece, { chunk, lent }: Extract<ReplyEvent, { type: 'data' }>): void {
    const mine = chunk.subarray(0, piece.end - piece.at);
    if (mine.length === 0) return;
    piece.at += mine.length;
    if (piece === this.#pieces[0] && piece.chunks.length === 0) {
      sink.accept({ type: 'data', chunk: mine, lent });
    } else keep(piece, lent ? copyBytes(mine) : mine);
    if (piece.at < piece.end || this.#sink === null) return;
    // The request for all of the file would bring the other pieces, too.
    if (piece === this.#first && piece.end < this.#division!.total) this.#letGo(piece);
    this.#passOn();
  }

  /** Its answer has ended, with this where that was too early. */
  #over(piece: Piece, failure: NetworkError): void {
    piece.isOver = true;
    if (piece.at < piece.end) {
      piece.failure = failure;
      const after = this.#pieces.splice(this.#pieces.indexOf(piece) + 1);
      for (const one of after) this.#letGo(one);
    }
    this.#passOn();
  }

  #letGo({ transfer }: Piece): void {
    if (this.#running.delete(transfer)) transfer.abandon(notWanted('the rest of it comes by other requests'));
  }

  /** Passes on what has its turn, and asks for more in the place of what has come. */
  #passOn(): void {
    while (this.#sink !== null && !this.#isPaused && this.#division !== null) {
      const piece = this.#pieces[0]!;
      const chunk = piece.chunks.shift();
      if (chunk !== undefined) {
        piece.held -= chunk.length;
        this.#sink.accept({ type: 'data', chunk, lent: false });
      } else if (piece.failure !== null) this.#end({ type: 'failed', error: piece.failure.toJSON() });
      else if (piece.at < piece.end) return;
      else if (piece.end < this.#division.total) {
        this.#pieces.shift();
        this.#askForMore();
      } else if (piece.isOver) this.#end({ type: 'end', trailers: null });
      else return;
    }
  }

  #end(last: ReplyEvent): void {
    const sink = this.#sink!;
    this.abandon(notWanted('all of it has come'));
    sink.accept(last);
  }
}

/** Keeps what has come of a piece before its turn. */
function keep(piece: Piece, chunk: Uint8Array): void {
  piece.chunks.push(chunk);
  piece.held += chunk.length;
  if (areCrumbs(piece.chunks.length, piece.held)) piece.chunks = [concatenate(piece.chunks)];
}

/** What a request of a download asks to continue. */
function partOf({ headers }: HttpRequest): PartOfFile | null {
  const [, first] = /^bytes=(\d+)-$/.exec(headers.get('range') ?? '') ?? [];
  const validator = headers.get('if-range');
  return first === undefined || validator === null ? null : { bytes: Number(first), validator, total: null };
}

function cutShort(): NetworkError {
  return new NetworkError('remote-host-closed', 'a part of the file ended before its last byte');
}

/** What comes of the server is another file, or no part: the rest is asked for in one. */
function refused({ status, url }: ResponseHead): NetworkError {
  const message = `the server has answered ${status} to a request for a part; the rest is asked for in one`;
  return new NetworkError('temporary-network-failure', message, { url, status });
}
