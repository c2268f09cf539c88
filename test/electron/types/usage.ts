/** Everything that takes an object of Electron's takes its own: compiled against the declarations of the newest one, and not run. */
import {
  BrowserWindow,
  contextBridge,
  ipcMain,
  ipcRenderer,
  MessageChannelMain,
  net,
  session,
  utilityProcess,
  WebContentsView,
} from 'electron';
import { type CookieJar, NetworkAccessManager } from 'fairlead';
import { serve } from 'fairlead/bridge';
import {
  certificatesOf,
  electronProxies,
  electronTransport,
  shareManager,
  syncCookies,
} from 'fairlead/electron/main';
import { exposeManager } from 'fairlead/electron/preload';

export async function useEverything(): Promise<void> {
  const { defaultSession } = session;
  const manager = new NetworkAccessManager({
    transport: electronTransport(net, { session: defaultSession }),
    proxyFactory: electronProxies(defaultSession),
  });
  const window = new BrowserWindow();
  const view = new WebContentsView();
  shareManager(manager, {
    ipcMain,
    webContents: [window.webContents, view.webContents],
    policy: ({ origin, webContents }) =>
      origin === 'app://main' && webContents === window.webContents
        ? { origins: ['https://api.example'] }
        : null,
  });
  shareManager(manager, { ipcMain: window.webContents.ipc, webContents: window.webContents, policy: {} });
  const ca = await certificatesOf(defaultSession, { net, origins: ['https://intranet.example'] });
  manager.extend({ tls: { ca } });
  const sync = await syncCookies(manager.cookieJar as CookieJar, defaultSession.cookies);
  sync.stop();
  const { port1, port2 } = new MessageChannelMain();
  serve(manager, port1, {});
  utilityProcess.fork('indexer.js').postMessage('network', [port2]);
  exposeManager({ contextBridge, ipcRenderer });
}
