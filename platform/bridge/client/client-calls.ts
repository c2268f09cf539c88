import type { CookieChange } from '../../../src/cookies/stored-cookies.ts';
import { NetworkError } from '../../../src/error.ts';
import type { GivenTo, Grant, ResultOf } from '../policy/grants.ts';
import type { CallMessage, OwnerMessage } from '../protocol.ts';

/** The port, as the calls through it see it. */
export interface CallPort {
  send(call: CallMessage): void;
  /** A number for it. */
  number(): number;
  /** Calls are waiting, or no more. */
  hold(): void;
  /** Why nothing can be called any more, or null. */
  failure(): NetworkError | null;
}

/** Who waits for a result, and who hears of cookies until it is over. */
interface Waiting {
  settle: ((value: unknown, error: NetworkError | null) => void) | null;
  readonly watcher: CookieWatcher | null;
}

/** Hears of cookies. */
export interface CookieWatcher {
  changed(change: CookieChange): void;
  /** Nothing more will be told, and why. */
  failed(error: NetworkError): void;
}

/** What was called of the parts of the owner's manager and is not answered. */
export class ClientCalls {
  readonly #port: CallPort;
  readonly #waiting = new Map<number, Waiting>();

  constructor(port: CallPort) {
    this.#port = port;
  }

  get size(): number {
    return this.#waiting.size;
  }

  call<Name extends Grant>(method: Name, given: GivenTo<Name>): Promise<ResultOf<Name>> {
    return new Promise((resolve, reject) => {
      const settle = (value: unknown, error: NetworkError | null): void =>
        error === null ? resolve(value as ResultOf<Name>) : reject(error);
      this.#begin(method, given, { settle, watcher: null });
    });
  }

  /** @returns the number of the call, which ends it */
  watch(watcher: CookieWatcher): number {
    return this.#begin('cookies.changed', [], {
      settle: (_value, error) => {
        if (error !== null) watcher.failed(error);
      },
      watcher,
    });
  }

  /** Nothing more of it is heard. @returns whether there was anything */
  forget(id: number): boolean {
    const wasThere = this.#waiting.delete(id);
    this.#port.hold();
    return wasThere;
  }

  result({ id, value, error }: Extract<OwnerMessage, { type: 'result' }>): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    const { settle, watcher } = waiting;
    waiting.settle = null;
    if (watcher === null || error !== null) this.forget(id);
    settle?.(value, error === null ? null : NetworkError.from(error));
  }

  changed({ id, change }: Extract<OwnerMessage, { type: 'changed' }>): void {
    this.#waiting.get(id)?.watcher?.changed(change);
  }

  fail(error: NetworkError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { settle, watcher } of waiting) {
      if (watcher !== null) watcher.failed(error);
      else settle?.(null, error);
    }
  }

  #begin<Name extends Grant>(method: Name, given: GivenTo<Name>, waiting: Waiting): number {
    const failure = this.#port.failure();
    if (failure !== null) {
      waiting.settle?.(null, failure);
      return 0;
    }
    const id = this.#port.number();
    this.#waiting.set(id, waiting);
    this.#port.send({ type: 'call', id, method, given } as CallMessage);
    this.#port.hold();
    return id;
  }
}
