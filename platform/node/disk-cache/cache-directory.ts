import { isMissing } from '../files/error-code.ts';
import { removeOwn } from '../files/own-files.ts';
import { persist } from '../files/persist.ts';
import { clearEntries, isSafe, makeDirectoryOf } from './layout.ts';

/** The directory of a cache: whether it may be believed, and what of it was to be cleared and could not be removed. */
export class CacheDirectory {
  readonly root: string;
  readonly #onError: (error: unknown) => void;
  #isTrusted = false;
  /** Why what lies there is no directory of ours, as far as the last look told. */
  #refusal: unknown = null;
  /** Files that were to be cleared: whatever lies there is not found. */
  readonly #uncleared = new Set<string>();
  /** After a clear that could not even list what is there: what was published since, and only that is found. */
  #publishedSince: Set<string> | null = null;

  constructor(root: string, onError: (error: unknown) => void) {
    this.root = root;
    this.#onError = onError;
  }

  /** The directory was looked at and found to be the user's own. */
  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /** Whether the directory is there, and the user's own. */
  async trust(): Promise<boolean> {
    this.#refusal = null;
    try {
      this.#isTrusted = await isSafe(this.root);
    } catch (error) {
      this.#refusal = error;
      this.#onError(error);
    }
    return this.#isTrusted;
  }

  /** Does it again while it is refused for a moment, and when the directory of the file was missing. */
  async withDirectoryOf<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#refusal !== null) throw this.#refusal;
    if (!this.#isTrusted) await makeDirectoryOf(this.root, file);
    try {
      return await persist(work);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await makeDirectoryOf(this.root, file);
      return persist(work);
    }
  }

  /** Whether what lies there was to be cleared. */
  isCleared(file: string): boolean {
    return this.#uncleared.has(file) || this.#publishedSince?.has(file) === false;
  }

  /** A new entry lies there. */
  published(file: string): void {
    this.#uncleared.delete(file);
    this.#publishedSince?.add(file);
  }

  async clear(): Promise<void> {
    if (!this.#isTrusted && !(await this.trust())) return;
    const left = await clearEntries(this.root);
    this.#isTrusted = false;
    this.#publishedSince = null;
    if (left === null) return;
    for (const file of left.paths) {
      if (file === this.root) this.#publishedSince = new Set();
      else this.#uncleared.add(file);
    }
    this.#onError(left.error);
  }

  /** Tries for the last time to remove what was to be cleared. */
  async close(): Promise<void> {
    // What came since goes along: an entry that is fetched again is better than one that was to be forgotten.
    if (this.#publishedSince !== null) await this.clear();
    await Promise.all(
      [...this.#uncleared].map(async (file) => {
        try {
          await persist(() => removeOwn(file));
          this.#uncleared.delete(file);
        } catch (error) {
          this.#onError(error);
        }
      }),
    );
  }
}
