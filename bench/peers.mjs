import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What each peer is for a user, and what `import` loads. */
export const PEERS = {
  undici: 'undici',
  fairlead: 'fairlead',
  'fairlead-fetch': 'fairlead',
  'global-fetch': null,
  'node-http': null,
  'node-http2': null,
  got: 'got',
  axios: 'axios',
  ky: 'ky',
  'node-fetch': 'node-fetch',
};

const NEWEST = path.join(import.meta.dirname, 'peers', 'node_modules', 'undici');

/** What an application on that Node has: undici 8 wants 22.19 and up, undici 7 is the newest for 20. */
export function undiciOf(node) {
  return Number.parseInt(node, 10) < 22 ? 'undici' : path.join(NEWEST, 'index.js');
}

/** Installs the undici of the newer Nodes, once. */
export function installPeers() {
  if (existsSync(NEWEST)) return;
  const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  execFileSync('npm', args, {
    cwd: path.join(import.meta.dirname, 'peers'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** The peers of a table and their versions. */
export function versionsOn(node) {
  const names = [...new Set(Object.values(PEERS))].filter((name) => name !== null && name !== 'fairlead');
  return names.map((name) => {
    const isNewest = name === 'undici' && undiciOf(node) !== name;
    const folder = isNewest ? NEWEST : path.join(import.meta.dirname, '..', 'node_modules', name);
    return `${name} ${JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version}`;
  });
}
