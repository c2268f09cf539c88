/** The recipes of TLS do what they say, each in a process of its own, against servers on loopback. */
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CertificateAuthority } from '../support/certificate.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { compileRecipes, recipe } from '../support/recipes.ts';

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'recipes-tls-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const cleanup = new Cleanup(afterAll);
const company = new CertificateAuthority('Company');
const KEY = Buffer.from('a key that both of them know');

async function serve(options: https.ServerOptions): Promise<number> {
  const server = https.createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate() ?? {};
    response.end(`you are ${subject?.CN ?? 'nobody'}`);
  });
  server.on('tlsClientError', () => {});
  await cleanup.listen(server);
  return portOf(server);
}

function pinOf(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(key).digest('base64')}`;
}

beforeAll(async () => {
  const client = company.issue({ names: ['us'], purpose: 'clients' });
  writeFileSync(join(root, 'company-ca.pem'), company.certificate);
  writeFileSync(join(root, 'client.pem'), client.cert);
  writeFileSync(join(root, 'client-key.pem'), client.key);
  writeFileSync(join(root, 'device.key'), KEY);
  const asking = { requestCert: true, rejectUnauthorized: false, ca: company.certificate };
  const api = company.issue();
  const own = company.issue({ selfSigned: true });
  const pskCallback = (_socket: TLSSocket, identity: string): Buffer | null =>
    identity === 'us' ? KEY : null;
  const psk = { pskCallback, ciphers: 'PSK+AESGCM:TLS_AES_128_GCM_SHA256' } as unknown as https.ServerOptions;
  const partnerPort = await serve({ ...company.issue(), ...asking });
  const apiPort = await serve({ ...api, ...asking });
  const ownPort = await serve(own);
  const keyPort = await serve(psk);
  const known = '00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF';
  await compileRecipes(root, {
    trust: recipe('company-ca.pem', {
      'https://partner.example': `https://localhost:${partnerPort}`,
      'https://api.example': `https://127.0.0.1:${apiPort}`,
      "'partner.example'": "'localhost'",
      "'api.example'": "'127.0.0.1'",
      [`sha256/${'A'.repeat(43)}=`]: pinOf(api.cert),
    }),
    development: recipe('const KNOWN', {
      'https://dev.example': `https://localhost:${ownPort}`,
      [`${known}:${known}`]: new X509Certificate(own.cert).fingerprint256,
    }),
    stranger: recipe('const KNOWN', { 'https://dev.example': `https://localhost:${ownPort}` }),
    device: recipe('device.key', {
      'https://device.example': `https://localhost:${keyPort}`,
      "'device.example'": "'localhost'",
    }),
  });
}, 60_000);

test.each([
  ['trust', 'you are us\nyou are nobody\n'],
  ['development', 'you are nobody\n'],
  ['device', 'you are nobody\n'],
])('%s', async (name, output) => {
  const { stdout } = await run(process.execPath, [join(root, `${name}.mjs`)], { cwd: root });
  expect(stdout).toBe(output);
});

test('another certificate is not the one that is known', async () => {
  await expect(run(process.execPath, [join(root, 'stranger.mjs')], { cwd: root })).rejects.toMatchObject({
    stderr: expect.stringContaining('signed by itself'),
  });
});
