import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Identity } from './certificate.ts';
import { freePort } from './free-port.ts';
import type { Cleanup } from './listening.ts';

/** Proxies that nobody here wrote, by the name of their program. */
const PROGRAMS = {
  squid: 'squid',
  tinyproxy: 'tinyproxy',
  dante: 'danted',
  haproxy: 'haproxy',
  nginx: 'nginx',
  winbind: 'winbindd',
} as const;

export type RealProxy = keyof typeof PROGRAMS;

/** The user of Dante's SOCKS5 with a password: one of the system, which `.ci/run` makes. */
export const SOCKS_USER = { user: 'socksuser', password: 'sockspass' };

/** Whether the program is there; they have to be started as root, and give that up themselves. */
export function isStartable(name: RealProxy): boolean {
  return process.getuid?.() === 0 && programOf(name) !== null;
}

export function hasSocksUser(): boolean {
  return existsSync('/etc/passwd') && /^socksuser:/m.test(readFileSync('/etc/passwd', 'utf8'));
}

function programOf(name: RealProxy): string | null {
  const directories = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  const files = directories.map((directory) => path.join(directory, PROGRAMS[name]));
  return files.find((file) => existsSync(file)) ?? null;
}

/** What Squid asks by, and how it knows user and pass. */
const SQUID_SCHEMES = {
  basic: (root: string) =>
    `basic program /usr/lib/squid/basic_ncsa_auth ${root}/htpasswd\nauth_param basic realm squid`,
  digest: (root: string) =>
    `digest program /usr/lib/squid/digest_file_auth -c ${root}/htdigest\nauth_param digest realm squid`,
  ntlm: (root: string) =>
    `ntlm program /usr/bin/ntlm_auth --helper-protocol=squid-2.5-ntlmssp --configfile=${root}/smb.conf\nauth_param ntlm children 3`,
} as const;

/** Where Samba's programs look for winbindd, whatever its configuration says. */
const WINBIND_PIPE = '/run/samba/winbindd/pipe';

/** Samba's ntlm_auth and winbindd, which are NTLM for Squid; only one winbindd can run at a time. */
export async function hasWinbind(): Promise<boolean> {
  if (!isStartable('winbind') || !existsSync('/usr/bin/smbpasswd')) return false;
  return !(await isOpen(WINBIND_PIPE));
}

/** Samba with one account of its own, `SQUIDBOX\\nobody` with the password `pass`; NTLMv2 alone. */
async function startWinbind(cleanup: Cleanup, root: string): Promise<void> {
  const places = ['private', 'lock', 'state', 'cache', 'pid', 'ncalrpc'];
  for (const place of places) mkdirSync(path.join(root, place));
  mkdirSync(path.dirname(WINBIND_PIPE), { recursive: true });
  const config = `[global]
workgroup = DOM
netbios name = SQUIDBOX
security = user
server role = standalone server
ntlm auth = ntlmv2-only
interfaces = lo
bind interfaces only = yes
passdb backend = tdbsam:${root}/passdb.tdb
private dir = ${root}/private
lock directory = ${root}/lock
state directory = ${root}/state
cache directory = ${root}/cache
pid directory = ${root}/pid
ncalrpc dir = ${root}/ncalrpc
log file = ${root}/log.%m
`;
  const file = written(root, 'smb.conf', config);
  const account = ['-c', file, '-a', '-s', 'nobody'];
  execFileSync('smbpasswd', account, { input: 'pass\npass\n', stdio: ['pipe', 'ignore', 'ignore'] });
  await start(cleanup, 'winbind', ['-s', file, '-F', '--no-process-group'], [WINBIND_PIPE]);
  // Squid asks as a user of its own, by the pipe that is not for all.
  execFileSync('chgrp', ['proxy', `${root}/state/winbindd_privileged`]);
  execFileSync('chmod', ['a+x', `${root}/state`]);
}

/** Squid: `open` takes everybody, `basic` user and pass, by the scheme that is named. CONNECT is for the given port alone. Gives the ports. */
export async function startSquid(
  cleanup: Cleanup,
  tunnelPort: number,
  scheme: keyof typeof SQUID_SCHEMES = 'basic',
): Promise<{ open: number; basic: number }> {
  const [open, basic] = [await freePort(), await freePort()];
  const root = directory(cleanup);
  const password = execFileSync('openssl', ['passwd', '-apr1', 'pass'], { encoding: 'utf8' });
  writeFileSync(path.join(root, 'htpasswd'), `user:${password}`);
  const secret = createHash('md5').update('user:squid:pass').digest('hex');
  writeFileSync(path.join(root, 'htdigest'), `user:squid:${secret}\n`);
  for (const file of ['htpasswd', 'htdigest']) chmodSync(path.join(root, file), 0o644);
  const config = `http_port 127.0.0.1:${open} name=open
http_port 127.0.0.1:${basic} name=basic
visible_hostname localhost
pid_filename ${root}/squid.pid
cache_log ${root}/cache.log
access_log none
netdb_filename none
coredump_dir ${root}
cache deny all
shutdown_lifetime 0 seconds
auth_param ${SQUID_SCHEMES[scheme](root)}
acl open myportname open
acl user proxy_auth REQUIRED
acl tunnel port ${tunnelPort}
acl CONNECT method CONNECT
http_access deny CONNECT !tunnel
http_access allow open
http_access allow user
http_access deny all
`;
  if (scheme === 'ntlm') await startWinbind(cleanup, root);
  await start(cleanup, 'squid', ['-N', '-f', written(root, 'squid.conf', config)], [open, basic]);
  return { open, basic };
}

/** tinyproxy, for user and pass. */
export async function startTinyproxy(cleanup: Cleanup): Promise<number> {
  const port = await freePort();
  const config = `Port ${port}\nListen 127.0.0.1\nTimeout 60\nBasicAuth user pass\nAllow 127.0.0.1\n`;
  await start(
    cleanup,
    'tinyproxy',
    ['-d', '-c', written(directory(cleanup), 'tinyproxy.conf', config)],
    [port],
  );
  return port;
}

/** Dante, which speaks SOCKS5: for everybody, or for users of the system with their password. */
export async function startDante(cleanup: Cleanup, method: 'none' | 'username'): Promise<number> {
  const port = await freePort();
  const root = directory(cleanup);
  const config = `logoutput: ${root}/dante.log
internal: 127.0.0.1 port = ${port}
external: lo
socksmethod: ${method}
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
`;
  await start(cleanup, 'dante', ['-f', written(root, 'danted.conf', config), '-p', `${root}/pid`], [port]);
  return port;
}

/** HAProxy, which speaks TLS to clients and hands on what they say. */
export async function startTlsFront(cleanup: Cleanup, { cert, key }: Identity, to: number): Promise<number> {
  const port = await freePort();
  const root = directory(cleanup);
  const pem = written(root, 'both.pem', `${cert}${key}`);
  const config = `global
  maxconn 100
defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
listen front
  bind 127.0.0.1:${port} ssl crt ${pem}
  server proxy 127.0.0.1:${to}
`;
  await start(cleanup, 'haproxy', ['-db', '-f', written(root, 'haproxy.cfg', config)], [port]);
  return port;
}

/** Host names of {@link startMutualTls}, and whom it lets in there. */
export const MUTUAL_TLS = ['required.test', 'optional.test', 'open.test'] as const;

/**
 * A front that asks for client certificates by the name that TLS asks for. It answers with the subject of the certificate and
 * that name, with a bar between them.
 */
export async function startMutualTls(
  cleanup: Cleanup,
  name: 'nginx' | 'haproxy',
  { cert, key }: Identity,
  ca: string,
): Promise<number> {
  const port = await freePort();
  const root = directory(cleanup);
  const at = {
    port,
    root,
    cert: written(root, 'cert.pem', cert),
    key: written(root, 'key.pem', key),
    both: written(root, 'both.pem', `${cert}${key}`),
    ca: written(root, 'ca.pem', ca),
  };
  const config = written(root, 'config', name === 'nginx' ? nginxConfig(at) : haproxyConfig(at));
  await start(cleanup, name, name === 'nginx' ? ['-p', root, '-c', config] : ['-db', '-f', config], [port]);
  return port;
}

type Place = Readonly<Record<'root' | 'cert' | 'key' | 'both' | 'ca', string>> & { readonly port: number };

function nginxConfig({ port, root, cert, key, ca }: Place): string {
  const server = (host: string, verify: string): string => `server {
  listen 127.0.0.1:${port} ssl http2;
  server_name ${host};
  ssl_verify_client ${verify};
  location / { return 200 "$ssl_client_s_dn|$ssl_server_name"; }
}`;
  const servers = MUTUAL_TLS.map((host, index) => server(host, ['on', 'optional', 'off'][index]!));
  return `daemon off;
master_process off;
pid ${root}/pid;
error_log ${root}/error.log;
events {}
http {
access_log off;
client_body_temp_path ${root};
proxy_temp_path ${root};
fastcgi_temp_path ${root};
uwsgi_temp_path ${root};
scgi_temp_path ${root};
ssl_certificate ${cert};
ssl_certificate_key ${key};
ssl_client_certificate ${ca};
ssl_protocols TLSv1.2 TLSv1.3;
${servers.join('\n')}
}`;
}

function haproxyConfig({ port, root, both, ca }: Place): string {
  const verify = ['required', 'optional', 'none'];
  const line = (host: string, index: number): string =>
    `${both} [verify ${verify[index]} ca-file ${ca} alpn h2,http/1.1] ${host}\n`;
  const list = written(root, 'list', MUTUAL_TLS.map(line).join(''));
  return `global
  maxconn 100
defaults
  mode http
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:${port} ssl crt-list ${list}
  http-request return status 200 content-type text/plain lf-string "CN=%[ssl_c_s_dn(cn)]|%[ssl_fc_sni]"
`;
}

/** One that those who gave up the rights of root may write to, too. */
function directory(cleanup: Cleanup): string {
  const root = mkdtempSync(path.join(tmpdir(), 'fairlead-proxy-'));
  chmodSync(root, 0o777);
  cleanup.add(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function written(root: string, name: string, text: string): string {
  const file = path.join(root, name);
  writeFileSync(file, text);
  return file;
}

/** Resolves when all ports, or local sockets, are listened on. */
async function start(
  cleanup: Cleanup,
  name: RealProxy,
  args: readonly string[],
  ports: readonly (number | string)[],
): Promise<void> {
  const child = spawn(programOf(name)!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const ended = once(child, 'exit');
  cleanup.add(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const giveUp = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(giveUp);
  });
  for (const port of ports)
    while (!(await isOpen(port))) {
      if (child.exitCode !== null) throw new Error(`${name} does not start: ${output.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

function isOpen(port: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof port === 'string' ? connect(port) : connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
