/** The bytes of all bodies that are on their way through a port, and who waits because they are too many. */
export class PortFlow {
  readonly #limit: number;
  #inFlight = 0;
  readonly #waiting = new Set<() => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes have been posted. Returns whether more may follow; when not, `resume` is called once they may. */
  sent(bytes: number, resume: () => void): boolean {
    this.#inFlight += bytes;
    if (this.#inFlight < this.#limit) return true;
    this.#waiting.add(resume);
    return false;
  }

  /** Whether more may be posted; when not, `resume` is called once it may. */
  mayGoOn(resume: () => void): boolean {
    return this.sent(0, resume);
  }

  /** Bytes have arrived there. Returns false when there were not so many. */
  received(bytes: number): boolean {
    if (bytes > this.#inFlight) return false;
    this.#inFlight -= bytes;
    if (this.#inFlight >= this.#limit) return true;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
    return true;
  }

  /** Waits no more. */
  forget(resume: () => void): void {
    this.#waiting.delete(resume);
  }
}
