import type { Chain } from './security.ts';

const MOST_SESSIONS = 256;

/** Whom TLS has talked to. Known when the handshake is done, which may be after the first ticket has come. */
export interface Peer {
  chain: Chain | null;
}

/** A session to resume. */
export interface KeptSession {
  readonly ticket: Buffer;
  /** The peer shows no certificate again when a session is resumed. */
  readonly peer: Peer;
}

/** TLS sessions to resume, one for each endpoint; those that were not renewed for longest go first. */
export class TlsSessions {
  readonly #sessions = new Map<string, KeptSession>();

  get(key: string): KeptSession | null {
    return this.#sessions.get(key) ?? null;
  }

  set(key: string, session: KeptSession): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (this.#sessions.size > MOST_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
  }
}
