import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../shared/tools/servers/servers.sh', import.meta.url));

/** Servers that nobody here wrote, by the name of their program. */
export const REAL_SERVERS = {
  nginx: { program: 'nginx', http: 28080, https: 28443 },
  apache: { program: 'apache2', http: 28081, https: 28444 },
  haproxy: { program: 'haproxy', http: 28090, https: 28446 },
  h2o: { program: 'h2o', http: 28091, https: 28448 },
  nghttpd: { program: 'nghttpd', http: null, https: 28451 },
} as const;

export type RealServer = keyof typeof REAL_SERVERS;

/** Without it Apache does not start: the configuration is for Kerberos, too. */
const APACHE_MODULE = '/usr/lib/apache2/modules/mod_auth_gssapi.so';

/** Those that can be started here: the script and the program are there, and nobody else has the port. */
export async function startableServers(): Promise<Set<RealServer>> {
  const names = Object.keys(REAL_SERVERS) as RealServer[];
  const startable = await Promise.all(
    names.map(async (name) => {
      const { program, https } = REAL_SERVERS[name];
      if (name === 'apache' && !existsSync(APACHE_MODULE)) return false;
      return existsSync(SCRIPT) && isInstalled(program) && (await isFree(https));
    }),
  );
  return new Set(names.filter((_, i) => startable[i]));
}

export interface RunningServers {
  /** The certificate of all of them, which signs itself; a client may show it, too. PEM. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  stop(): void;
}

/** Starts servers; their ports are fixed, everything else is in a directory of its own. */
export function startServers(names: Iterable<RealServer>): RunningServers {
  const root = mkdtempSync(path.join(tmpdir(), 'fairlead-servers-'));
  const run = (...args: readonly string[]): void => {
    execFileSync('bash', [SCRIPT, ...args], { env: { ...process.env, SERVERS_ROOT: root }, stdio: 'ignore' });
  };
  run('start', ...names);
  const certificate = readFileSync(path.join(root, 'cert.pem'), 'utf8');
  return {
    ca: certificate,
    certificate,
    key: readFileSync(path.join(root, 'key.pem'), 'utf8'),
    stop: () => {
      run('stop');
      rmSync(root, { recursive: true, force: true });
    },
  };
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
