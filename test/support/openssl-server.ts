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
  const along = chain.length === 0 ? [] : ['-cert_chain', file('chain.pem', chain.join('\n'))];
  const own = ['s_server', '-accept', '127.0.0.1:0', '-www', ...shown, ...along, ...options];
  const server = spawn('openssl', own, { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  cleanup.add(async () => {
    server.kill('SIGKILL');
    await closed;
  });
  let said = '';
  const port = await new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    const hear = (bytes: Buffer): void => {
      said += bytes.toString();
      const [, found] = /ACCEPT \S*:(\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    void closed.then(() => reject(new Error(`openssl s_server has ended: ${said}`)));
  });
  return `https://localhost:${port}/`;
}
