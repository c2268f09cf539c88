/** What the preload script imports of Electron, which is no dependency. */
declare module 'electron' {
  const contextBridge: import('./preload.ts').ElectronPreload['contextBridge'];
  const ipcRenderer: import('./preload.ts').ElectronPreload['ipcRenderer'];
}
