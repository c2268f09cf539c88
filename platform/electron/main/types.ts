import type { MainMessagePort } from '../../bridge/ports/main-port.ts';

/** What is used of Electron in the main process, in its own names: its module is never imported, so that tests need none. */

// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** Electron's `WebFrameMain`. */
export interface ElectronFrame {
  readonly url: string;
  readonly origin: string;
  readonly processId: number;
  readonly routingId: number;
  /** Null for the frame of a window itself. */
  readonly parent: ElectronFrame | null;
}

/** Electron's `WebContents`. */
export interface ElectronWebContents {
  readonly id: number;
  isDestroyed(): boolean;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

/** Electron's `IpcMainEvent`. */
export interface ElectronIpcEvent {
  readonly sender: ElectronWebContents;
  /** Null when the frame has gone. */
  readonly senderFrame: ElectronFrame | null;
  readonly processId: number;
  readonly frameId: number;
  readonly ports: readonly MainMessagePort[];
}

/** Electron's `ipcMain`, or the `ipc` of one WebContents. */
export interface ElectronIpc {
  on(channel: string, listener: Listener): unknown;
  off(channel: string, listener: Listener): unknown;
}
