import type { PacQuery } from '../../../../src/proxy/pac/pac-query.ts';

/** One run of a script: what is asked, and what is known of the world by now. */
export interface PacRun {
  readonly query: PacQuery;
  /** Milliseconds since the epoch: the same for all runs of one answer. */
  readonly now: number;
  /** The addresses of the names that were looked up; those of this machine under {@link ITSELF}. */
  readonly known: ReadonlyMap<string, readonly string[]>;
}

/** What became of a run, as it crosses from thread to thread. */
export type PacOutcome =
  | { readonly kind: 'answer'; readonly text: string | null }
  /** It needs the addresses of a name, and has to be run again with them. */
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'failed' | 'endless'; readonly message: string };

/** Runs one script. */
export interface PacRunner {
  /**
   * @param until when it is too late, by the monotonic clock
   * @throws EndlessScript for one that was stopped, now or a moment ago
   */
  run(run: PacRun, until: number): Promise<PacOutcome>;
  /** What waits for it fails; what comes later begins anew. */
  end(): void;
  /** What waits is run, and nothing is kept behind that. */
  retire(): void;
}

/** What stands for the machine itself among the names. */
export const ITSELF = '';

/** A script that took too long: it is not the query that is at fault. */
export class EndlessScript extends Error {}
