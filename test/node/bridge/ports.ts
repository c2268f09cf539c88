import type { BridgePort, MessageDuplex, PortListener } from '../../../platform/bridge/index.ts';

/** Two ends of a channel that copies everything, as Electron's does. */
export function copyingPorts(): [BridgePort, BridgePort] {
  const ends = [new CopyingPort(), new CopyingPort()] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return [...ends];
}

class CopyingPort implements BridgePort {
  readonly transfers = false;
  readonly tellsClose = true;
  other: CopyingPort | null = null;
  #listener: PortListener | null = null;
  #early: unknown[] = [];

  open(listener: PortListener): void {
    this.#listener = listener;
    for (const message of this.#early.splice(0)) this.deliver(message);
  }

  post(message: unknown): void {
    const copy: unknown = structuredClone(message);
    setImmediate(() => this.other?.deliver(copy));
  }

  close(): void {
    this.#listener = null;
    const { other } = this;
    this.other = null;
    if (other !== null) setImmediate(() => other.lose());
  }

  deliver(message: unknown): void {
    if (this.#listener === null) this.#early.push(message);
    else this.#listener.message(message);
  }

  lose(): void {
    this.other = null;
    this.#listener?.closed();
    this.#listener = null;
  }
}

/** Two pairs of streams of messages, each the other's end. */
export function streamPorts(): [MessageDuplex, MessageDuplex] {
  const there = new TransformStream<unknown, unknown>(
    cloning(),
    new CountQueuingStrategy({ highWaterMark: 64 }),
  );
  const back = new TransformStream<unknown, unknown>(
    cloning(),
    new CountQueuingStrategy({ highWaterMark: 64 }),
  );
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}

function cloning(): Transformer<unknown, unknown> {
  return { transform: (message, controller) => controller.enqueue(structuredClone(message)) };
}
