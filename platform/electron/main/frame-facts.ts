import type { ElectronFrame, ElectronIpcEvent, ElectronWebContents } from './types.ts';

/** The frame that asks for a manager, as the main process knows it: nothing of it was said by the page. */
export interface FrameFacts {
  /** Where its document comes from, whole; decide by `origin`. */
  readonly url: string;
  /** `'https://app.example'`, `'app://main'`, `'file://'`; `'null'` for a sandboxed frame and for data: URLs. */
  readonly origin: string;
  /** Of the frames around it, the nearest first; empty for the frame of a window itself. */
  readonly ancestorOrigins: readonly string[];
  /** The window, view or tab that shows it. */
  readonly webContents: ElectronWebContents;
}

/** Of which frame a port is: while these are the same, so is the document. */
export interface FrameIdentity {
  readonly processId: number;
  readonly routingId: number;
}

/**
 * The frame that has sent an event, or in words why there is none. A frame that navigates may have another document by the time
 * its message arrives: then its process or its number is not the sender's any more, or the frame has gone.
 */
export function senderOf(event: ElectronIpcEvent): (FrameFacts & FrameIdentity) | string {
  try {
    const { sender, senderFrame: frame } = event;
    if (frame === null || sender.isDestroyed()) return 'the frame has gone';
    const { url, origin, processId, routingId } = frame;
    if (processId !== event.processId || routingId !== event.frameId) return 'the frame has navigated';
    return { url, origin, processId, routingId, webContents: sender, ancestorOrigins: ancestorsOf(frame) };
  } catch {
    // Electron throws for each property of a frame that was disposed.
    return 'the frame has gone';
  }
}

function ancestorsOf(frame: ElectronFrame): string[] {
  const origins: string[] = [];
  for (let above = frame.parent; above !== null; above = above.parent) origins.push(above.origin);
  return origins;
}
