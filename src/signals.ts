import { EventEmitter } from 'eventemitter3';
import { nearestOf } from './checks/option-errors.ts';
import { isPromise } from './util/is-promise.ts';
import { reportUncaught } from './util/microtasks.ts';

/** Event name → argument tuple. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint on argument lists has no narrower form
type EventMap = { [event: string]: (...args: any[]) => unknown };

/** What is used of eventemitter3: the built sets have no more of it. */
type Emitter = Pick<EventEmitter, 'on' | 'off' | 'listeners'>;

// biome-ignore lint/suspicious/noExplicitAny: see above
type Listener = (...args: any[]) => unknown;

/**
 * Typed events after Qt's signals, over eventemitter3, with the three things that it does not do itself: a listener that
 * throws never disturbs the emitter or another listener, `once` survives that isolation, and a signal can *ask*: wait
 * until all listeners, async ones included, have settled.
 *
 * What a listener throws (or a promise of it rejects with) is reported as an uncaught error, like an error in a DOM
 * event listener; but to whom asks, it is an answer.
 */
export class Signals<Events extends EventMap> {
  /** Made with the first listener: most replies are awaited and never listened to. */
  #emitter: Emitter | null = null;
  readonly #names: ReadonlySet<string>;

  /**
   * @param names the signals that there are
   * @internal
   */
  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  /**
   * Calls the listener each time the signal is emitted, behind those that there are. A function registered twice is called twice.
   * @throws TypeError for a signal that there is not, or a listener that is no function
   */
  on<Name extends keyof Events & string>(name: Name, listener: Events[Name]): this {
    this.#check(name, listener);
    this.#emitter ??= new EventEmitter();
    this.#emitter.on(name, listener);
    return this;
  }

  /**
   * Like {@link on}, for the next time only.
   * @throws TypeError for a signal that there is not, or a listener that is no function
   */
  once<Name extends keyof Events & string>(name: Name, listener: Events[Name]): this {
    this.#check(name, listener);
    const wrapped = ((...args: unknown[]) => {
      this.#emitter?.off(name, wrapped);
      return listener(...args);
    }) as { original?: Events[Name] } & Events[Name];
    wrapped.original = listener;
    return this.on(name, wrapped);
  }

  /**
   * Takes back one registration of that function; does nothing when there is none.
   * @throws TypeError for a signal that there is not, or a listener that is no function
   */
  off<Name extends keyof Events & string>(name: Name, listener: Events[Name]): this {
    this.#check(name, listener);
    const registered: readonly (Listener & { original?: Listener })[] = this.#listeners(name);
    const found = registered.find((one) => one === listener || one.original === listener);
    if (found !== undefined) this.#emitter?.off(name, found);
    return this;
  }

  /** Takes back all listeners of that signal, or of all signals. */
  removeAllListeners(name?: keyof Events & string): this {
    if (name === undefined) this.#emitter = null;
    else this.#emitter?.off(name);
    return this;
  }

  /** How many listeners the signal has. */
  listenerCount(name: keyof Events & string): number {
    return this.#listeners(name).length;
  }

  /** Tells. Returns whether anybody listened. */
  emit<Name extends keyof Events & string>(name: Name, ...args: Parameters<Events[Name]>): boolean {
    const listeners = this.#listeners(name);
    if (listeners.length === 0) return false;
    this.inContext(() => {
      for (const listener of listeners) call(listener, args);
    });
    return true;
  }

  /**
   * Calls listeners. A subclass may come back to the asynchronous context that they belong to.
   * @internal
   */
  inContext<Value>(run: () => Value): Value {
    return run();
  }

  /**
   * Asks: calls every listener, and gives a promise that resolves when the async ones have settled and rejects as soon as
   * one of them fails, or null when there is nothing to wait for.
   */
  ask<Name extends keyof Events & string>(
    name: Name,
    ...args: Parameters<Events[Name]>
  ): Promise<unknown> | null {
    const listeners = this.#listeners(name);
    if (listeners.length === 0) return null;
    const pending = this.inContext(() => listeners.map((listener) => answerOf(listener, args))).filter(
      isPromise,
    );
    return pending.length === 0 ? null : Promise.all(pending);
  }

  #check(name: string, listener: unknown): void {
    if (!this.#names.has(name)) {
      const nearest = nearestOf(String(name), [...this.#names]);
      throw new TypeError(`no signal '${name}'${nearest === null ? '' : `; did you mean '${nearest}'?`}`);
    }
    if (typeof listener !== 'function')
      throw new TypeError(`signal '${name}': the listener must be a function`);
  }

  #listeners(name: string): readonly Listener[] {
    return this.#emitter?.listeners(name) ?? NOBODY;
  }
}

const NOBODY: readonly Listener[] = [];

function call(listener: Listener, args: unknown[]): unknown {
  try {
    const result = listener(...args);
    if (isPromise(result)) Promise.resolve(result).catch(reportUncaught);
    return result;
  } catch (error) {
    reportUncaught(error);
    return undefined;
  }
}

/** What a listener that is asked returns. One that throws has rejected. */
function answerOf(listener: Listener, args: unknown[]): unknown {
  try {
    return listener(...args);
  } catch (error) {
    return Promise.reject(error);
  }
}
