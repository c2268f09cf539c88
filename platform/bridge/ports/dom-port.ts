import type { BridgePort, PortListener } from '../port.ts';
import { listenTo } from './listen-to.ts';

/** Of a MessagePort or a BroadcastChannel. */
type Events = Pick<DomMessagePort, 'addEventListener' | 'removeEventListener'>;

/** What is used of the MessagePort of a page or worker. */
export interface DomMessagePort {
  /** Adds a listener of `message` or `messageerror`. */
  // biome-ignore lint/suspicious/noExplicitAny: each event has a type of its own
  addEventListener(type: string, listener: (event: any) => void): void;
  /** Removes it again. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  removeEventListener(type: string, listener: (event: any) => void): void;
  /** Sends a structured clone, and hands over what is listed. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Lets messages arrive. */
  start(): void;
  /** Ends the channel, for the other side too. */
  close(): void;
}

/** A MessagePort of a page or worker. Not every engine tells when the other side is gone (the event `close`). */
export function domPort(port: DomMessagePort): BridgePort {
  let release = (): void => {};
  return {
    transfers: true,
    tellsClose: 'onclose' in port,
    open(listener) {
      release = listen(port, listener);
      port.start();
    },
    post: (message, transfer) => port.postMessage(message, transfer),
    close() {
      release();
      port.close();
    },
  };
}

/** Tells all that such a channel tells; returns what ends that. */
export function listen(channel: Events, listener: PortListener): () => void {
  return listenTo(channel.addEventListener.bind(channel), channel.removeEventListener.bind(channel), {
    message: ({ data }: { readonly data?: unknown }) => listener.message(data),
    messageerror: () => listener.unreadable(),
    close: () => listener.closed(),
  });
}
