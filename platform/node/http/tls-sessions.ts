const MOST_SESSIONS = 256;

/** TLS sessions to resume, one for each endpoint; those that were not renewed for longest go first. */
export class TlsSessions {
  readonly #sessions = new Map<string, Buffer>();

  get(key: string): Buffer | null {
    return this.#sessions.get(key) ?? null;
  }

  set(key: string, session: Buffer): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (this.#sessions.size > MOST_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
  }
}
