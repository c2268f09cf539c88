import type { BridgePort } from '../port.ts';
import { listenTo, TURNS } from './listen-to.ts';

// Not shared: the declarations that are published know no type that two files have for themselves.
// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** What is used of the MessagePortMain of Electron, which the main process and utility processes have. */
export interface MainMessagePort {
  /** Adds a listener of `message` or `close`. */
  on(event: string, listener: Listener): unknown;
  /** Removes it again. */
  off(event: string, listener: Listener): unknown;
  /** Sends a structured clone. */
  postMessage(message: unknown): void;
  /** Lets messages arrive. */
  start(): void;
  /** Ends the channel, for the other side too. */
  close(): void;
}

/** A MessagePortMain. It can transfer ports and nothing else, so bytes are copied. */
export function mainPort(port: MainMessagePort): BridgePort {
  let release = (): void => {};
  return {
    ...TURNS,
    transfers: false,
    tellsClose: true,
    open(listener) {
      release = listenTo(port.on.bind(port), port.off.bind(port), {
        // What a renderer has transferred arrives as null, which is no message.
        message: ({ data }: { readonly data: unknown }) => listener.message(data),
        close: () => listener.closed(),
      });
      port.start();
    },
    post: (message) => port.postMessage(message),
    close() {
      release();
      port.close();
    },
  };
}
