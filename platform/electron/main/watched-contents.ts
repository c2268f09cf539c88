import type { ServedPort } from '../../bridge/owner/served-port.ts';
import type { FrameIdentity } from './frame-policy.ts';
import type { ElectronWebContents } from './types.ts';

/** The ports of the frames of one WebContents, closed with the documents that they were handed over by. */
export class WatchedContents {
  readonly #webContents: ElectronWebContents;
  readonly #empty: () => void;
  readonly #ports = new Map<string, ServedPort>();
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
  readonly #listeners: Readonly<Record<string, (...args: any[]) => void>> = {
    // Of a page: its frames go with it. Within a page nothing of this is told.
    'did-navigate': () => this.close(),
    'did-frame-navigate': (
      _event: unknown,
      _url: string,
      _status: number,
      _text: string,
      isMainFrame: boolean,
      processId: number,
      routingId: number,
    ) => {
      if (isMainFrame) this.close();
      else this.#ports.get(keyOf({ processId, routingId }))?.close();
    },
    'render-process-gone': () => this.close(),
    destroyed: () => this.close(),
  };

  /** @param empty called when no frame is left and nothing is listened to any more */
  constructor(webContents: ElectronWebContents, empty: () => void) {
    this.#webContents = webContents;
    this.#empty = empty;
    for (const [event, listener] of Object.entries(this.#listeners)) webContents.on(event, listener);
  }

  get ports(): ServedPort[] {
    return [...this.#ports.values()];
  }

  /** In place of what the frame had. */
  add(frame: FrameIdentity, port: ServedPort): void {
    const key = keyOf(frame);
    const before = this.#ports.get(key);
    this.#ports.set(key, port);
    before?.close();
    port.on('closed', () => {
      if (this.#ports.get(key) !== port) return;
      this.#ports.delete(key);
      if (this.#ports.size === 0) this.#release();
    });
  }

  close(): void {
    for (const port of this.ports) port.close();
  }

  #release(): void {
    for (const [event, listener] of Object.entries(this.#listeners)) this.#webContents.off(event, listener);
    this.#empty();
  }
}

/** Numbers of frames are counted in each process. */
function keyOf({ processId, routingId }: FrameIdentity): string {
  return `${processId}:${routingId}`;
}
