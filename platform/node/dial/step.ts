import type { Duplex } from 'node:stream';
import type { Call } from '../../../src/call/call.ts';
import type { Question, Questions, QuestionType } from '../../../src/call/question.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import type { Endpoint } from './endpoint.ts';
import type { Inbox } from './inbox.ts';

/** What a connection speaks: the names of ALPN (RFC 7301). */
export type Protocol = 'h2' | 'http/1.1';

/** What bytes go through. A socket can be told not to keep the process alive; what stands for one need not. */
export type Wire = Duplex & { ref?(): unknown; unref?(): unknown };

/** One address to connect to, or the path of a local socket. */
export type Target = { readonly host: string; readonly port: number } | { readonly path: string };

/** One connection that is being opened, as its steps see it. */
export interface Dialing {
  readonly endpoint: Endpoint;
  /** ALPN protocols to offer, in order of preference. */
  readonly offer: readonly Protocol[];
  /** For errors. */
  readonly url: string;
  /** Hears of attempts and phases. */
  readonly call: Call;
  /** Aborts with a NetworkError when the dial is given up, or takes too long. */
  readonly signal: AbortSignal;
  /**
   * Asks the application. The time for the dial stands still meanwhile.
   * @throws NetworkError when the dial is given up, or a listener has failed
   */
  ask<Type extends QuestionType>(question: Question<Type>): Promise<Questions[Type]['answer']>;
  /** Waits for what the application has a part in, as {@link ask} does. */
  standStill<Value>(waiting: () => Promise<Value>): Promise<Value>;
}

/** How far a dial has come. A value: each step returns the next one. */
export interface Reached {
  /** Where to connect, in the order in which to try. */
  readonly targets: readonly Target[];
  /** The connection so far: to the next machine, through it, encrypted. Errors of it have a listener. */
  readonly wire: Wire | null;
  /** Where its bytes arrive, if it was opened with one. */
  readonly inbox: Inbox | null;
  readonly security: ConnectionSecurity | null;
  readonly protocol: Protocol | null;
}

export const NOTHING_REACHED: Reached = {
  targets: [],
  wire: null,
  inbox: null,
  security: null,
  protocol: null,
};

/** A step's other result: what it has learned takes a new connection to use. The dial begins again at its first step. */
export const AGAIN = Symbol('again');

/**
 * One step of a dial.
 *
 * A step that fails, or is given up, destroys what it has opened itself; what was there before is the dialer's to destroy. A
 * step lives as long as its dial: what it learns it keeps in itself, and knows when its turn comes again.
 */
export interface Step {
  readonly name: string;
  take(reached: Reached, dialing: Dialing): Promise<Reached | typeof AGAIN> | Reached | typeof AGAIN;
}
