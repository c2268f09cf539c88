/** For the preload script of a window: lets its page reach the manager that the main process shares. */
import { CHANNEL, EXPOSED, type HandOver } from './hand-over.ts';

export type { HandOver } from './hand-over.ts';

/** What is used of the module `electron` in a preload script. */
export interface ElectronPreload {
  /** Shows a function of the preload to its page. */
  readonly contextBridge: { exposeInMainWorld(name: string, api: HandOver): void };
  /** Takes the port over to the main process. */
  readonly ipcRenderer: { postMessage(channel: string, message: unknown, transfer: MessagePort[]): void };
}

/** Ports that a page may have announced and not sent; of more the oldest is forgotten. */
const MOST_EXPECTED = 16;

/**
 * Exposes the hand-over of one port to the page, and nothing else: the page makes a channel, and its preload passes one end on
 * to the main process, where `shareManager` decides. Works under sandbox and context isolation; without isolation Electron
 * refuses it.
 *
 *     // preload.ts, bundled into one CommonJS file
 *     import { contextBridge, ipcRenderer } from 'electron';
 *     import { exposeManager } from 'fairlead/electron/preload';
 *     exposeManager({ contextBridge, ipcRenderer });
 */
export function exposeManager({ contextBridge, ipcRenderer }: ElectronPreload): void {
  const expected = new Set<string>();
  // The preload runs before the scripts of the page, so that none of them sees the port on its way.
  window.addEventListener('message', (event) => {
    const { data, source, ports } = event;
    if (source !== window || typeof data !== 'string' || !expected.delete(data)) return;
    event.stopImmediatePropagation();
    if (ports.length === 1) ipcRenderer.postMessage(CHANNEL, null, [...ports]);
  });
  contextBridge.exposeInMainWorld(EXPOSED, {
    expect: (key) => {
      if (typeof key !== 'string') return;
      expected.add(key);
      const [oldest] = expected;
      if (expected.size > MOST_EXPECTED) expected.delete(oldest!);
    },
  });
}
