import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Identity } from './certificate.ts';
import type { Cleanup } from './listening.ts';

/** Whether there is an `openssl` whose s_server can be started on a port of its own choice. */
export const HAS_OPENSSL = ((): boolean => {
  try {
    return /^OpenSSL 3/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();

/** A running `openssl s_server`. */
export interface OpensslServer {
  readonly url: string;
  /** Says it to the client; a line that is `R`, `r` or `Q` alone is a command. */
  say(text: string): void;
  /** Resolves when the client has said it, or s_server itself. */
  heard(text: string): Promise<void>;
}

/**
 * Starts `openssl s_server`, which answers any request with a page about the connection. Gives its URL.
 * @param identity what it shows; null for no certificate
 * @param chain certificates that it sends along, PEM
 */
export async function startOpensslServer(
  cleanup: Cleanup,
  identity: Identity | null,
  options: readonly string[] = [],
  chain: readonly string[] = [],
): Promise<string> {
  const { url } = await startTalkingServer(cleanup, identity, ['-www', ...options], chain);
  return url;
}

/**
 * The same, which says what it is told to say.
 * @param other what it shows to those that ask for the name that `-servername` gives
 */
export async function startTalkingServer(
  cleanup: Cleanup,
  identity: Identity | null,
  options: readonly string[] = [],
  chain: readonly string[] = [],
  other: Identity | null = null,
): Promise<OpensslServer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-openssl-'));
  cleanup.add(() => rmSync(directory, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(directory, name), text);
    return path.join(directory, name);
  };
  const shown =
    identity === null
      ? ['-nocert']
      : ['-cert', file('cert.pem', identity.cert), '-key', file('key.pem', identity.key)];
  const second =
    other === null ? [] : ['-cert2', file('cert2.pem', other.cert), '-key2', file('key2.pem', other.key)];
  const along = chain.length === 0 ? [] : ['-cert_chain', file('chain.pem', chain.join('\n'))];
  const own = ['s_server', '-accept', '127.0.0.1:0', ...shown, ...second, ...along, ...options];
  const server = spawn('openssl', own, { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  cleanup.add(async () => {
    server.kill('SIGKILL');
    await closed;
  });
  let said = '';
  const heard = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(said);
        if (found !== null) resolve(found);
      };
      server.stdout.on('data', look);
      server.stderr.on('data', look);
      void closed.then(() => reject(new Error(`openssl s_server has ended: ${said}`)));
      look();
    });
  const hear = (bytes: Buffer): void => {
    said += bytes.toString();
  };
  server.stdout.on('data', hear);
  server.stderr.on('data', hear);
  server.stdin.on('error', () => {});
  const started = new Promise<never>((_, reject) => server.once('error', reject));
  const [, port] = await Promise.race([heard(/ACCEPT \S*:(\d+)/), started]);
  return {
    url: `https://localhost:${port}/`,
    say: (text) => void server.stdin.write(text),
    heard: async (text) => void (await heard(new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))),
  };
}
