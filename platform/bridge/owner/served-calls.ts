import { NetworkError } from '../../../src/error.ts';
import { parseUrl } from '../../../src/util/url.ts';
import type { Grant } from '../policy/grants.ts';
import { type Breach, judgeTarget } from '../policy/judge-request.ts';
import type { Quota } from '../policy/quota.ts';
import type { CallMessage, OwnerMessage } from '../protocol.ts';
import { type Caller, GRANTED, watchCookies } from './granted-methods.ts';

/** The port, as the calls that came through it see it. */
export interface CallHost extends Caller {
  send(message: OwnerMessage): void;
  /** Tells the owner, and gives the error that the other side gets. */
  violate(breach: Breach, url: string): NetworkError;
}

/** What a client has called of the parts of a manager: each method where the policy grants it, counted like a request. */
export class ServedCalls {
  readonly #host: CallHost;
  readonly #quota: Quota;
  /** What ends those that go on. */
  readonly #running = new Map<number, () => void>();

  constructor(host: CallHost, quota: Quota) {
    this.#host = host;
    this.#quota = quota;
  }

  /** Calls that are under way, or go on. */
  get size(): number {
    return this.#running.size;
  }

  take(call: CallMessage): void {
    const refused = this.#refusal(call);
    if (refused !== null) {
      this.refuse(call.id, refused);
      return;
    }
    this.#running.set(call.id, () => {});
    this.#run(call).then(
      (value) => this.#settle(call, value, null),
      (error: unknown) => this.#settle(call, null, asNetworkError(error)),
    );
  }

  /** Answers one that is not begun. */
  refuse(id: number, error: NetworkError): void {
    this.#answer(id, null, error);
  }

  /** The other side does not want to hear more of it. */
  stop(id: number): void {
    const end = this.#running.get(id);
    if (end === undefined) return;
    this.#running.delete(id);
    this.#quota.end();
    end();
  }

  /** The port is closed. */
  end(): void {
    for (const id of [...this.#running.keys()]) this.stop(id);
  }

  /** Why it is not even begun, or null; then it counts. */
  #refusal({ method, given }: CallMessage): NetworkError | null {
    const { policy, violate } = this.#host;
    const url = urlOf(method, given);
    if (!policy.grants.includes(method))
      return violate({ rule: 'grants', reason: `the method ${method} is not granted` }, url ?? '');
    try {
      const breach = (url === null ? null : judgeTarget(parseUrl(url), 'GET', policy)) ?? this.#quota.begin();
      return breach === null ? null : violate(breach, url ?? '');
    } catch (error) {
      return asNetworkError(error);
    }
  }

  async #run({ id, method, given }: CallMessage): Promise<unknown> {
    if (method !== 'cookies.changed') return GRANTED[method](this.#host, ...(given as [never, never]));
    const end = watchCookies(this.#host, (change) => this.#host.send({ type: 'changed', id, change }));
    this.#running.set(id, end);
    return null;
  }

  #settle({ id, method }: CallMessage, value: unknown, error: NetworkError | null): void {
    // It was given up, or the port is closed.
    if (!this.#running.has(id)) return;
    // Goes on until it is stopped.
    if (method !== 'cookies.changed' || error !== null) this.stop(id);
    this.#answer(id, value, error);
  }

  #answer(id: number, value: unknown, error: NetworkError | null): void {
    this.#host.send({ type: 'result', id, value, error: error === null ? null : error.toJSON() });
  }
}

/** The URL that a method is about, which the policy judges as the target of a GET. */
function urlOf(method: Grant, given: readonly unknown[]): string | null {
  if (method === 'cookies.get' || method === 'explainProxy') return given[0] as string;
  return method === 'cookies.set' ? (given[1] as string) : null;
}

/** What a request or call has failed with here: a mistake of the programmer there is no TypeError of the owner's. */
export function asNetworkError(error: unknown, url?: string): NetworkError {
  if (error instanceof NetworkError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new NetworkError('protocol-invalid-operation', reason, { url });
}
