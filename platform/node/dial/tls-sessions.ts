import type { X509Certificate } from 'node:crypto';

const MOST_SESSIONS = 256;

/** A session to resume. */
export interface KeptSession {
  readonly ticket: Buffer;
  /** What the peer has shown when the session began: it shows nothing again when that is resumed. */
  readonly certificate: X509Certificate | null;
}

/** TLS sessions to resume, one for each endpoint; those that were not renewed for longest go first. */
export class TlsSessions {
  readonly #sessions = new Map<string, KeptSession>();

  get(key: string): KeptSession | null {
    return this.#sessions.get(key) ?? null;
  }

  /** Takes the sessions of one endpoint; it holds nothing of a request. */
  keeperOf(key: string): (session: KeptSession) => void {
    return (session) => this.set(key, session);
  }

  set(key: string, session: KeptSession): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (this.#sessions.size > MOST_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
  }
}
