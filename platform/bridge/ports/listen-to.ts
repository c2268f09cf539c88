// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

type Register = (event: string, listener: Listener) => unknown;

/** Adds listeners, by the name of their event. Returns what removes them again. */
export function listenTo(
  add: Register,
  remove: Register,
  listeners: Readonly<Record<string, Listener>>,
): () => void {
  for (const [event, listener] of Object.entries(listeners)) add(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) remove(event, listener);
  };
}

/** All that the sockets of a turn bring comes before it; where there is none, `undefined`. */
const immediately = (globalThis as { readonly setImmediate?: (callback: () => void) => unknown })
  .setImmediate;

/** What a port of a process with Node's event loop has of a `BridgePort`. */
export const TURNS: { readonly afterTurn?: (callback: () => void) => void } =
  immediately === undefined ? {} : { afterTurn: (callback) => void immediately(callback) };
