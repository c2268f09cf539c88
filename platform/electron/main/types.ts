import type { MainMessagePort } from '../../bridge/ports/main-port.ts';

/** What is used of Electron in the main process, in its own names: its module is never imported, so that tests need none. */

// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** Electron's `WebFrameMain`. */
export interface ElectronFrame {
  /** Of the document that it shows now. */
  readonly url: string;
  /** As Chromium serialises it: `https://app.example`, or `null` under a sandbox. */
  readonly origin: string;
  /** The renderer that it is in; another one after some navigations and a crash. */
  readonly processId: number;
  /** Its number within that renderer. */
  readonly routingId: number;
  /** Null for the frame of a window itself. */
  readonly parent: ElectronFrame | null;
}

/** What is used of Electron's `WebContents`: a window's, a view's. */
export interface ElectronWebContents {
  /** Its number, which no other one gets while the application runs. */
  readonly id: number;
  /** Whether it has gone: nothing else of it may be touched then. */
  isDestroyed(): boolean;
  /** Hears of navigations, crashes and the end. */
  on(event: string, listener: Listener): unknown;
  /** Takes a listener back. */
  off(event: string, listener: Listener): unknown;
}

/** Electron's `IpcMainEvent`. */
export interface ElectronIpcEvent {
  /** Whose renderer has posted the message. */
  readonly sender: ElectronWebContents;
  /** Null when the frame has gone. */
  readonly senderFrame: ElectronFrame | null;
  /** The renderer that the message came from, when it was posted. */
  readonly processId: number;
  /** Number of the frame in that renderer, when it was posted. */
  readonly frameId: number;
  /** Ends of channels that came along. */
  readonly ports: readonly MainMessagePort[];
}

/** Electron's `ipcMain`, or the `ipc` of one WebContents. */
export interface ElectronIpc {
  /** Hears what renderers post under that name. */
  on(channel: string, listener: Listener): unknown;
  /** Takes a listener back. */
  off(channel: string, listener: Listener): unknown;
}
