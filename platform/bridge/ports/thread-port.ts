import type { BridgePort } from '../port.ts';

// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** What is used of a MessagePort, a Worker or the `parentPort` of `node:worker_threads`. */
export interface ThreadMessagePort {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: what can be transferred has another name in every library of types
  postMessage(message: unknown, transfer?: any): void;
  ref?(): void;
  unref?(): void;
  /** A Worker has none: it goes on when a bridge to it is closed. */
  close?(): void;
}

/** A port of `node:worker_threads`. It keeps the process alive only while requests are under way. */
export function threadPort(port: ThreadMessagePort): BridgePort {
  let release = (): void => {};
  return {
    transfers: true,
    tellsClose: true,
    open(listener) {
      const listeners: Readonly<Record<string, Listener>> = {
        message: (message: unknown) => listener.message(message),
        messageerror: () => listener.unreadable(),
        close: () => listener.closed(),
        // A Worker closes nothing: it ends.
        exit: () => listener.closed(),
      };
      for (const [event, one] of Object.entries(listeners)) port.on(event, one);
      release = () => {
        for (const [event, one] of Object.entries(listeners)) port.off(event, one);
      };
      port.unref?.();
    },
    post: (message, transfer) => port.postMessage(message, transfer),
    close() {
      release();
      port.close?.();
    },
    hold: (isHeld) => (isHeld ? port.ref?.() : port.unref?.()),
  };
}
