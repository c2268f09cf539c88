import { setBackgroundTimeout, systemClock } from '../../../../src/util/clock.ts';
import { TO_READ } from '../own-files.ts';
import type { EntryHeader, Slot } from './entry-format.ts';
import { closeReadFile, openFile } from './files.ts';

/** The beginning of an entry's file, up to the body, and what it says. */
interface EntryHead {
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

/** How long (milliseconds) a file is held after it was opened, however much it is used meanwhile. */
const LIFETIME = 1000;
/** Files that are held at a time. On Windows none: it does not let a file be replaced while it is open. */
const MAXIMUM_HELD = process.platform === 'win32' ? 0 : 32;

/**
 * Files that were read a moment ago, held open because they are likely to be read again: opening one costs as much as
 * reading it. Another process may have put another file at the path since; who uses one has to find that out.
 */
export class OpenFiles {
  /** In the order in which they came. */
  readonly #held = new Map<string, OpenFile>();
  #timer: unknown = null;
  #isClosed = false;

  /** The file that is held for the path; its user has to release it. Null when there is none. */
  find(path: string): OpenFile | null {
    const file = this.#held.get(path);
    return file === undefined || lifeOf(file, systemClock.monotonic()) <= 0 ? null : file.use();
  }

  /** The file that is held for the path, else one that is opened. Its user has to release it. */
  open(path: string): Promise<OpenFile> {
    const file = this.find(path);
    return file === null ? OpenFile.open(path) : Promise.resolve(file);
  }

  /** Keeps the file open beyond its user of now, in place of what is held for the path. */
  hold(path: string, file: OpenFile): void {
    if (this.#isClosed || MAXIMUM_HELD === 0) return;
    this.drop(path);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size < MAXIMUM_HELD) break;
      this.drop(oldest);
    }
    this.#held.set(path, file.use());
    this.#timer ??= setBackgroundTimeout(() => this.#expire(), LIFETIME);
  }

  /** Remembers of the file that is held for the path that its whole body was taken. */
  noteTakenWhole(path: string): void {
    const file = this.#held.get(path);
    if (file !== undefined) file.isTakenWhole = true;
  }

  /** What is at the path is another file from now on, or none, or has changed. */
  drop(path: string): void {
    const file = this.#held.get(path);
    this.#held.delete(path);
    file?.release();
  }

  dropAll(): void {
    for (const path of this.#held.keys()) this.drop(path);
    systemClock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Holds nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.dropAll();
  }

  #expire(): void {
    this.#timer = null;
    // One moment for all: what is not over yet must not be so when its timer is set, which Node warns of.
    const now = systemClock.monotonic();
    for (const [path, file] of this.#held) if (lifeOf(file, now) <= 0) this.drop(path);
    for (const oldest of this.#held.values()) {
      this.#timer = setBackgroundTimeout(() => this.#expire(), lifeOf(oldest, now));
      break;
    }
  }
}

/** Milliseconds that are left of it. */
function lifeOf({ openedAt }: OpenFile, now: number): number {
  return openedAt + LIFETIME - now;
}
