/**
 * A small application: a list that is there without a network, a login, a download with its progress. One manager in the main
 * process has the cookies, the cache and the connections of all windows; pages use it as if it were theirs.
 *
 * Bundle main.ts for Node and page.ts for a page beside it (`esbuild --bundle`), with page.html, and start Electron in that folder.
 */
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain } from 'electron';
import { NetworkAccessManager } from 'fairlead';
import { shareManager } from 'fairlead/electron/main';
import { DiskCache } from 'fairlead/node';
import { startDemoServer } from './demo-server.ts';

app.whenReady().then(async () => {
  const api = process.env.API ?? (await startDemoServer()).origin;
  const manager = new NetworkAccessManager({
    cache: new DiskCache({ directory: join(app.getPath('userData'), 'network') }),
    transferTimeout: 30_000,
  });
  // Pages of this application may speak to its server, and nobody to anybody else.
  const sharing = shareManager(manager, {
    ipcMain,
    policy: { 'file://': { origins: [api], addresses: ['127.0.0.1'] } },
  });
  sharing.on('refused', (reason) => console.warn(reason));
  sharing.on('policyViolated', ({ rule, reason }, { origin }) => console.warn(origin, rule, reason));

  const window = new BrowserWindow({
    width: 720,
    height: 560,
    webPreferences: { preload: join(__dirname, 'preload-script.cjs') },
  });
  await window.loadFile(join(__dirname, 'page.html'), { query: { api } });

  app.on('will-quit', () => {
    sharing.close();
    void manager.close();
  });
});

app.on('window-all-closed', () => app.quit());
