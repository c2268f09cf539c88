import type { BridgePort, PortListener } from '../port.ts';

/** Two streams of messages, as `TransformStream` and WebSocketStream are. */
export interface MessageDuplex {
  /** Gives the messages of the other side. */
  readonly readable: ReadableStream<unknown>;
  /** Takes messages for the other side. */
  readonly writable: WritableStream<unknown>;
}

/** Any duplex stream of messages. What is written must come out on the other side as an equal value, bytes included. */
export function duplexPort({ readable, writable }: MessageDuplex): BridgePort {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  let listener: PortListener | null = null;
  const end = (): void => {
    const told = listener;
    listener = null;
    told?.closed();
  };
  return {
    transfers: false,
    tellsClose: true,
    open(told) {
      listener = told;
      void pump(reader, (message) => listener?.message(message)).then(end, end);
      writer.closed.then(end, end);
    },
    post(message) {
      writer.write(message).catch(end);
    },
    close() {
      listener = null;
      // Neither is waited for, and what has failed has said so.
      reader.cancel().catch(() => {});
      writer.close().catch(() => {});
    },
  };
}

async function pump(
  reader: ReadableStreamDefaultReader<unknown>,
  give: (message: unknown) => void,
): Promise<void> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    give(value);
  }
}
