import type { BridgePort } from '../port.ts';
import { listenTo, TURNS } from './listen-to.ts';

// Not shared: the declarations that are published know no type that two files have for themselves.
// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** A `MessagePort`, `Worker` or `parentPort` of `node:worker_threads`, as far as it is used. */
export interface ThreadMessagePort {
  /** Adds a listener of `message`, `messageerror`, `close` or `exit`. */
  on(event: string, listener: Listener): unknown;
  /** Removes it again. */
  off(event: string, listener: Listener): unknown;
  /** Sends a structured clone, and hands over what is listed. */
  // biome-ignore lint/suspicious/noExplicitAny: what can be transferred has another name in every library of types
  postMessage(message: unknown, transfer?: any): void;
  /** Keeps the process alive while the port is open. */
  ref?(): void;
  /** Lets the process end although the port is open. */
  unref?(): void;
  /** A Worker has none: it goes on when a bridge to it is closed. */
  close?(): void;
}

/**
 * A port of `node:worker_threads`. It keeps its thread alive only while requests are under way; in a thread other than the main
 * one, what is served through it does so until it is closed. A Worker lives as long as whoever has made it wants.
 */
export function threadPort(port: ThreadMessagePort): BridgePort {
  let release = (): void => {};
  const isWorker = port.close === undefined;
  return {
    ...TURNS,
    transfers: true,
    tellsClose: true,
    open(listener) {
      release = listenTo(port.on.bind(port), port.off.bind(port), {
        message: (message: unknown) => listener.message(message),
        messageerror: () => listener.unreadable(),
        close: () => listener.closed(),
        // A Worker closes nothing: it ends.
        exit: () => listener.closed(),
      });
      if (!isWorker) port.unref?.();
    },
    post: (message, transfer) => port.postMessage(message, transfer),
    close() {
      release();
      port.close?.();
    },
    hold(isHeld) {
      if (isWorker) return;
      if (isHeld) port.ref?.();
      else port.unref?.();
    },
  };
}
