import { systemClock } from '../../../../src/util/clock.ts';
import { TO_READ } from '../own-files.ts';
import type { EntryHeader, Slot } from './entry-format.ts';
import { closeReadFile, openFile } from './files.ts';

/** The beginning of an entry's file, up to the body, and what it says. */
export interface EntryHead {
  readonly bytes: Buffer;
  readonly header: EntryHeader;
  readonly slot: Slot;
}

/**
 * A file that is open for reading. It has one user to begin with, and is closed when the last one has left: each releases
 * it once, and not before its reads have come back, or they could meet another file behind the same number.
 */
export class OpenFile {
  readonly descriptor: number;
  /** By the monotonic clock. */
  readonly openedAt = systemClock.monotonic();
  /** As it was found sound. */
  head: EntryHead | null = null;
  /** Whether the last hit took the whole body. */
  isTakenWhole = false;
  #users = 1;

  /** Rejects as `fs.open` does. */
  static async open(path: string): Promise<OpenFile> {
    return new OpenFile(await openFile(path, TO_READ));
  }

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** One user more. */
  use(): this {
    this.#users++;
    return this;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) closeReadFile(this.descriptor);
  }
}
