import type { BridgePort, PortListener } from '../port.ts';

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

function listen(port: DomMessagePort, listener: PortListener): () => void {
  const listeners = {
    message: ({ data }: { readonly data?: unknown }) => listener.message(data),
    messageerror: () => listener.unreadable(),
    close: () => listener.closed(),
  };
  for (const [type, one] of Object.entries(listeners)) port.addEventListener(type, one);
  return () => {
    for (const [type, one] of Object.entries(listeners)) port.removeEventListener(type, one);
  };
}
