import type { BridgePort, PortListener } from '../port.ts';

/** What is used of the MessagePort of a page or worker. */
export interface DomMessagePort {
  // biome-ignore lint/suspicious/noExplicitAny: each event has a type of its own
  addEventListener(type: string, listener: (event: any) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  removeEventListener(type: string, listener: (event: any) => void): void;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  start(): void;
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
