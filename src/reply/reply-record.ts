import type { ResponseTaker } from '../call/call.ts';
import type { Hop, HopHead, ResponseHead } from '../call/reply-event.ts';
import type { NetworkError } from '../error.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Clock } from '../util/clock.ts';
import { DownloadProgress } from './download-progress.ts';
import type { Conversion } from './promised.ts';
import type { ReplyCore } from './reply-core.ts';
import type { ReplyRelay } from './reply-relay.ts';
import type { ReplyFace, ReplyOwner } from './reply-signals.ts';
import type { UploadProgress } from './upload-progress.ts';

/** What is known of a reply, which the parts of it read and write. */
export abstract class ReplyRecord<Reply extends ReplyFace> {
  /** The face of it, which the subclass sets. */
  declare reply: Reply;
  abstract readonly clock: Clock;
  declare url: string;
  /** The head that is shown: of the last redirect, then of the response. */
  head: HopHead | null = null;
  /** The head of the response that is delivered. */
  final: ResponseHead | null = null;
  hops: readonly Hop[] = NO_HOPS;
  trailers: HttpHeaders | null = null;
  error: NetworkError | null = null;
  owner: ReplyOwner<Reply> | null = null;
  place = 0;
  redirectAllowed = false;
  attempts = 1;
  upload: UploadProgress | null = null;
  /** What a promise makes of the whole body, which it has claimed. */
  wanted: Conversion | null = null;
  /** What that has made of it before the end, or null. */
  early: unknown = null;
  /** Fulfilled when the reply has finished, where a promise of it was asked for; and what does that. */
  over: Promise<ReplyCore> | null = null;
  tellOver: ((outcome: ReplyCore | Promise<never>) => void) | null = null;
  /** Called when the final head is there, and at the end. */
  atHead: (() => void) | null = null;
  responseTaker: ResponseTaker | null = null;
  /** Who has the reply in place of this side. */
  relay: ReplyRelay | null = null;
  #progress: DownloadProgress | null = null;

  /** On whose behalf it is; see `CallSink.client`. */
  get client(): object | null {
    return this.relay?.client ?? null;
  }

  /** How far the body is. A reply that waits has none. */
  get progress(): DownloadProgress {
    this.#progress ??= new DownloadProgress(this.reply, this.clock);
    return this.#progress;
  }
}

const NO_HOPS: readonly Hop[] = [];
