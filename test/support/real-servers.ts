import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const SCRIPT = path.join(import.meta.dirname, 'servers', 'servers.sh');

/** Servers that nobody here wrote, by the name of their program. */
export const REAL_SERVERS = {
  nginx: { program: 'nginx', http: 28080, https: 28443 },
  apache: { program: 'apache2', http: 28081, https: 28444 },
  haproxy: { program: 'haproxy', http: 28090, https: 28446 },
  h2o: { program: 'h2o', http: 28091, https: 28448 },
  nghttpd: { program: 'nghttpd', http: null, https: 28451 },
} as const;

export type RealServer = keyof typeof REAL_SERVERS;

/** Milliseconds for which ports are waited for that another suite has. */
const PATIENCE = 60_000;

/**
 * Who listens here may use the ports of all servers, until its process ends: two suites that looked at them at the same
 * moment would both find them free.
 */
const CLAIM_PORT = 28079;

/** Without it Apache does not start: the configuration is for Kerberos, too. */
const APACHE_MODULE = '/usr/lib/apache2/modules/mod_auth_gssapi.so';

/** Those that can be started here, after a word about each that cannot. */
export async function startableServers(): Promise<Set<RealServer>> {
  const names = Object.keys(REAL_SERVERS) as RealServer[];
  if (names.some((name) => missingFor(name) === null)) await claimPorts();
  const obstacles = await Promise.all(
    names.map(async (name) => missingFor(name) ?? (await portTakenFrom(name))),
  );
  names.forEach((name, i) => {
    if (obstacles[i] !== null) console.warn(`${name}: its tests are skipped, ${obstacles[i]}`);
  });
  return new Set(names.filter((_, i) => obstacles[i] === null));
}

function missingFor(name: RealServer): string | null {
  const { program } = REAL_SERVERS[name];
  if (!isInstalled(program)) return `${program} is not installed`;
  return name === 'apache' && !existsSync(APACHE_MODULE) ? `${APACHE_MODULE} is not there` : null;
}

/** Waits until no other suite has the ports, or too long; who has them then is found by {@link portTakenFrom}. */
async function claimPorts(): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!(await listensOn(CLAIM_PORT)) && Date.now() < deadline) await setTimeout(200);
}

function listensOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true)).unref();
  });
}

/** The ports of the script are fixed: another suite that runs at the same time has them until its servers are stopped. */
async function portTakenFrom(name: RealServer): Promise<string | null> {
  const { http, https } = REAL_SERVERS[name];
  const deadline = Date.now() + PATIENCE;
  for (const port of http === null ? [https] : [http, https]) {
    while (!(await isFree(port))) {
      if (Date.now() > deadline) return `something else listens on its port ${port}`;
      await setTimeout(200);
    }
  }
  return null;
}

export interface RunningServers {
  /** The certificate of all of them, which signs itself; a client may show it, too. PEM. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** The directory of all that they have. */
  readonly root: string;
  stop(): void;
}

/** Starts servers; their ports are fixed, everything else is in a directory of its own. */
export function startServers(names: Iterable<RealServer | 'krb5kdc'>): RunningServers {
  const root = mkdtempSync(path.join(tmpdir(), 'fairlead-servers-'));
  const run = (...args: readonly string[]): void => {
    const env = { ...process.env, SERVERS_ROOT: root };
    execFileSync('bash', [SCRIPT, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const stop = (): void => {
    run('stop');
    rmSync(root, { recursive: true, force: true });
  };
  try {
    run('start', ...names);
  } catch (error) {
    stop();
    throw error;
  }
  const certificate = readFileSync(path.join(root, 'cert.pem'), 'utf8');
  return {
    ca: certificate,
    certificate,
    key: readFileSync(path.join(root, 'key.pem'), 'utf8'),
    root,
    stop,
  };
}

/** The KDC of the script has a port of its own. What is missing for it is said. */
export function hasKerberos(): boolean {
  const missing = ['krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit'].filter(
    (program) => !isInstalled(program),
  );
  if (missing.length > 0) console.warn(`Negotiate: its tests are skipped, there is no ${missing.join(', ')}`);
  return missing.length === 0;
}

function isInstalled(program: string): boolean {
  const directories = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  return directories.some((directory) => existsSync(path.join(directory, program)));
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
    socket.on('connect', () => socket.destroy());
  });
}
