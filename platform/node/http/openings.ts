import type { Call } from '../../../src/call/call.ts';
import { NetworkError } from '../../../src/error.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { abortable } from '../dial/dial-time.ts';
import type { Dialed, Dialer } from '../dial/dialer.ts';
import type { Endpoint } from '../dial/endpoint.ts';
import { givenUp } from '../errors.ts';
import type { Connection } from './connection.ts';
import { ListenerPatience } from './listener-patience.ts';

/** A connection that is being opened for a request, and how to stop it. */
interface Opening {
  readonly call: Call;
  readonly url: string;
  readonly abort: AbortController;
}

/**
 * What comes of a dial that others wait for: they may go on, its error is theirs, too, or it takes so long to be allowed
 * that each goes its own way.
 */
type Outcome = 'done' | 'stalled' | NetworkError;

/** What an endpoint makes of a dial. */
export interface OpeningOwner {
  /** Whether the endpoint is to be asked for HTTP/1.1 alone. */
  readonly isHttp1Only: boolean;
  /** A connection that many requests can share, if there is one. */
  readonly shared: Connection | null;
  /** Takes a connection over. What it throws closes it. */
  adopt(dialed: Dialed, url: string): Connection;
}

/**
 * The dials of one endpoint. Where HTTP/2 is open, the first one decides for all: the others wait for what is negotiated,
 * and share its connection, or its failure. A dial whose application takes its time to allow it decides for itself alone.
 */
export class Openings {
  readonly #endpoint: Endpoint;
  readonly #dialer: Dialer;
  readonly #clock: Clock;
  readonly #owner: OpeningOwner;
  readonly #openings = new Set<Opening>();
  /** Resolves when the dial has shown what the server speaks, and what came of it. */
  #negotiation: Promise<Outcome> | null = null;

  constructor(endpoint: Endpoint, dialer: Dialer, clock: Clock, owner: OpeningOwner) {
    this.#endpoint = endpoint;
    this.#dialer = dialer;
    this.#clock = clock;
    this.#owner = owner;
  }

  get size(): number {
    return this.#openings.size;
  }

  /**
   * Runs `use` with the means to open a connection, until it is over or the exchange is cancelled.
   * @throws NetworkError
   */
  async for<Result>(call: Call, url: string, use: (opening: Opening) => Promise<Result>): Promise<Result> {
    const opening: Opening = { call, url, abort: new AbortController() };
    this.#openings.add(opening);
    const forget = call.onCancel((reason) => opening.abort.abort(reason));
    try {
      return await use(opening);
    } finally {
      forget();
      this.#openings.delete(opening);
    }
  }

  /**
   * A connection of its own, or one that has become there meanwhile and can be shared.
   * @param asking called when a dial of its own asks the application
   */
  async open(opening: Opening, asking: () => void = () => {}): Promise<Connection> {
    const { url, abort } = opening;
    while (this.#negotiation !== null) {
      const outcome = await abortable(this.#negotiation, abort.signal);
      if (outcome instanceof NetworkError) throw sameFailure(outcome, url);
      const { shared } = this.#owner;
      if (shared !== null) return shared;
      if (outcome === 'stalled') return this.#dial(opening, asking);
    }
    return this.#owner.isHttp1Only ? this.#dial(opening, asking) : this.#negotiate(opening, asking);
  }

  /** Ends all that is under way. */
  clear(why: string): void {
    for (const { abort, url } of this.#openings) abort.abort(givenUp(url, why));
  }

  /** Dials, and lets those that come meanwhile wait for what comes of it. */
  #negotiate(opening: Opening, asking: () => void): Promise<Connection> {
    const patience = new ListenerPatience(this.#clock);
    const dialing = this.#dial(opening, () => {
      patience.begin();
      asking();
    });
    const stalled = patience.isOver.then(() => 'stalled' as const);
    const negotiation = Promise.race([outcomeOf(dialing, opening), stalled]).finally(() => {
      patience.end();
      this.#negotiation = null;
    });
    this.#negotiation = negotiation;
    return dialing;
  }

  async #dial({ call, url, abort }: Opening, asking: () => void): Promise<Connection> {
    const endpoint = this.#endpoint;
    const offer = this.#owner.isHttp1Only ? HTTP1 : endpoint.protocols === 'h2' ? HTTP2 : EITHER;
    const dialed = await this.#dialer.dial({ endpoint, offer, url, call, signal: abort.signal, asking });
    try {
      return this.#owner.adopt(dialed, url);
    } catch (error) {
      dialed.socket.destroy();
      throw error;
    }
  }
}

async function outcomeOf(dialing: Promise<Connection>, { abort }: Opening): Promise<Outcome> {
  try {
    await dialing;
    return 'done';
  } catch (error) {
    // It was ended for reasons of its own: the next may try.
    const isOwnAffair = abort.signal.aborted || (error as NetworkError).code === 'operation-canceled';
    return isOwnAffair ? 'done' : (error as NetworkError);
  }
}

const HTTP1 = ['http/1.1'] as const;
const HTTP2 = ['h2'] as const;
const EITHER = ['h2', 'http/1.1'] as const;

/** Of a dial that others waited for, for one of them. */
function sameFailure(failure: NetworkError, url: string): NetworkError {
  return new NetworkError(failure.code, failure.message, { ...failure, url, cause: failure.cause });
}
