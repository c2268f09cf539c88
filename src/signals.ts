import { EventEmitter } from 'eventemitter3';
import { isPromise } from './util/is-promise.ts';

/** Event name → argument tuple. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint on argument lists has no narrower form
type EventMap = { [event: string]: (...args: any[]) => unknown };

/** What is used of eventemitter3: the built sets have no more of it. */
type Emitter = Pick<EventEmitter, 'on' | 'off' | 'removeAllListeners' | 'listeners' | 'listenerCount'>;

type Wrapped<Listener> = Listener & { readonly original?: Listener };

/**
 * Typed events after Qt's signals, over eventemitter3, with the three things that it does not do itself: a listener that
 * throws never disturbs the emitter or another listener, `once` survives that isolation, and a signal can *ask*: wait
 * until all listeners, async ones included, have settled.
 *
 * What a listener throws (or a promise of it rejects with) is reported as an uncaught error, like an error in a DOM
 * event listener.
 */
export class Signals<Events extends EventMap> {
  /** Made with the first listener: most replies are awaited and never listened to. */
  #emitter: Emitter | null = null;

  on<Name extends keyof Events & string>(name: Name, listener: Events[Name]): this {
    this.#emitter ??= new EventEmitter();
    this.#emitter.on(name, listener);
    return this;
  }

  once<Name extends keyof Events & string>(name: Name, listener: Events[Name]): this {
    const wrapped = ((...args: unknown[]) => {
      this.#emitter?.off(name, wrapped);
      return listener(...args);
    }) as Wrapped<Events[Name]>;
    Object.defineProperty(wrapped, 'original', { value: listener });
    return this.on(name, wrapped);
  }

  off<Name extends keyof Events & string>(name: Name, listener: Events[Name]): this {
    const registered = this.#listeners(name) as Wrapped<Events[Name]>[];
    const found = registered.find((one) => one === listener || one.original === listener);
    if (found !== undefined) this.#emitter?.off(name, found);
    return this;
  }

  removeAllListeners(name?: keyof Events & string): this {
    this.#emitter?.removeAllListeners(name);
    return this;
  }

  listenerCount(name: keyof Events & string): number {
    return this.#emitter?.listenerCount(name) ?? 0;
  }

  /** Tells. Returns whether anybody listened. */
  emit<Name extends keyof Events & string>(name: Name, ...args: Parameters<Events[Name]>): boolean {
    if (this.listenerCount(name) === 0) return false;
    for (const listener of this.#listeners(name)) call(listener, args);
    return true;
  }

  /** Asks: like `emit`, and gives a promise that settles after every async listener, or null when there is none. */
  ask<Name extends keyof Events & string>(
    name: Name,
    ...args: Parameters<Events[Name]>
  ): Promise<unknown> | null {
    if (this.listenerCount(name) === 0) return null;
    const pending: Promise<unknown>[] = [];
    for (const listener of this.#listeners(name)) {
      const result = call(listener, args);
      if (isPromise(result)) pending.push(Promise.resolve(result).catch(() => {}));
    }
    return pending.length === 0 ? null : Promise.all(pending);
  }

  #listeners(name: string): ((...args: never[]) => unknown)[] {
    return this.#emitter?.listeners(name) ?? [];
  }
}

function call(listener: (...args: never[]) => unknown, args: unknown[]): unknown {
  try {
    const result = (listener as (...args: unknown[]) => unknown)(...args);
    if (isPromise(result)) Promise.resolve(result).catch(reportUncaught);
    return result;
  } catch (error) {
    reportUncaught(error);
    return undefined;
  }
}

/** Hands an error to the platform's last resort (`window.onerror`, `uncaughtException`) from a turn of its own. */
export function reportUncaught(error: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error);
  else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
