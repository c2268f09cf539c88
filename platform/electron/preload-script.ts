/** A whole preload script, for windows that have no other: `preload: require.resolve('fairlead/electron/preload-script')`. */
import { contextBridge, ipcRenderer } from 'electron';
import { exposeManager } from './preload.ts';

export { exposeManager };

exposeManager({ contextBridge, ipcRenderer });
