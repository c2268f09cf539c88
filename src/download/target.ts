import type { NetworkError } from '../error.ts';
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
