import { NetworkError } from '../error.ts';
import type { DigestAlgorithm, ExpectedDigest } from './digest.ts';
import type { PartOfFile } from './plan.ts';

/** Where a download goes. Its methods are called one after the other; whatever they throw ends the download. */
export interface DownloadTarget<Saved> {
  /** Takes the place, before anything is asked for. What an earlier download has left of the same URL, or null. */
  open(url: string): Promise<PartOfFile | null>;
  /**
   * What comes is the file from its first byte on.
   * @param part what it is known by, where it can be continued later
   * @param type its Content-Type, '' for none
   * @param digests what the server says that it comes to
   */
  begin(part: PartOfFile | null, type: string, digests: readonly ExpectedDigest[]): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
  /** Digests are told where nothing is expected of them, too. */
  readonly tellsDigest: boolean;
  /** The digests of what is there, in base64; without those that it cannot tell. */
  digest(algorithms: readonly DigestAlgorithm[]): Promise<ReadonlyMap<DigestAlgorithm, string>>;
  /** All is there, and right. */
  finish(): Promise<Saved>;
  /** It has ended. @param keep what is there may be continued another time */
  abandon(keep: boolean): Promise<void>;
}

/** What a download has come to. */
export interface DownloadOutcome {
  /** How long the file is. */
  readonly bytes: number;
  /** It went on where an earlier attempt, or an earlier process, had ended. */
  readonly resumed: boolean;
  /** Of the whole file: `sha-256=:…:`, and that of another algorithm where one is expected. In a page empty where none is. */
  readonly digest: string;
}

export interface DownloadPlan<Saved> {
  readonly target: DownloadTarget<Saved>;
  readonly resume: boolean;
  /** The platform shows codings, so that they can be declined: a file is what is stored, and has offsets. */
  readonly encodedBodies: boolean;
  readonly digests: readonly ExpectedDigest[];
  readonly saved: (saved: Saved, outcome: DownloadOutcome) => void;
  readonly failed: (error: NetworkError) => void;
}

/** Bytes on their way to the target at which the network is made to wait, and at which it goes on. */
const HIGH_WATER = 1024 * 1024;
const LOW_WATER = 256 * 1024;

/** Whose writing it is. */
interface WriterOwner {
  /** The download has ended: nothing more is done for it. */
  readonly isOver: boolean;
  /** There is room again. */
  drained(): void;
  failed(error: NetworkError): void;
}

/** Does what concerns the target: one thing after the other, in the order in which it was decided. */
export class TargetWriter {
  readonly #target: Pick<DownloadTarget<unknown>, 'write' | 'abandon'>;
  readonly #owner: WriterOwner;
  #chain: Promise<void> = Promise.resolve();
  #pending = 0;

  constructor(target: Pick<DownloadTarget<unknown>, 'write' | 'abandon'>, owner: WriterOwner) {
    this.#target = target;
    this.#owner = owner;
  }

  /** As much waits to be written as may. */
  get isFull(): boolean {
    return this.#pending >= HIGH_WATER;
  }

  write(chunk: Uint8Array): void {
    this.#pending += chunk.length;
    this.do(async () => {
      await this.#target.write(chunk);
      this.#pending -= chunk.length;
      if (this.#pending < LOW_WATER) this.#owner.drained();
    });
  }

  /** Does it after all that was decided before, unless the download has ended by then. */
  do(task: () => Promise<void>): void {
    this.#chain = this.#chain.then(async () => {
      if (this.#owner.isOver) return;
      try {
        await task();
      } catch (thrown) {
        this.#owner.failed(asError(thrown));
      }
    });
  }

  /** Leaves the target as it is to stay, when what is being written is. */
  end(keep: boolean): Promise<void> {
    this.#chain = this.#chain.then(() => this.#target.abandon(keep)).catch(() => {});
    return this.#chain;
  }
}

function asError(thrown: unknown): NetworkError {
  if (thrown instanceof NetworkError) return thrown;
  const message = `it cannot be saved: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  return new NetworkError('unknown-content', message, { cause: thrown });
}
