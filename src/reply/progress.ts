/** Least milliseconds between two progress signals, as in Qt. */
export const PROGRESS_INTERVAL = 100;

/**
 * Thins out progress: at most one value in {@link PROGRESS_INTERVAL} ms, and the last one is always exact because
 * what ends the transfer calls `isNews`.
 */
export class ProgressThrottle {
  #since: number;
  #done = -1;
  #total = 0;

  /** @param since when the interval before the first value began, epoch ms; −Infinity lets the first value through */
  constructor(since: number) {
    this.#since = since;
  }

  /** Whether this value is to be told now. */
  admit(done: number, total: number, now: number): boolean {
    if (now - this.#since < PROGRESS_INTERVAL) return false;
    this.#since = now;
    return this.isNews(done, total);
  }

  /** Whether the final value is to be told: it is, unless it just was. */
  isNews(done: number, total: number): boolean {
    const news = done !== this.#done || total !== this.#total;
    this.#done = done;
    this.#total = total;
    return news;
  }
}
