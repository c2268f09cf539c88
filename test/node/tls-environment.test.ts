/** What a process trusts, by its environment: each in a child of its own, for Node reads it at its start. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFixture } from '../support/bundled-fixture.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { Cleanup } from '../support/listening.ts';
import { startHttpProxy } from '../support/proxies.ts';

const run = promisify(execFile);
const cleanup = new Cleanup(afterAll);
const root = mkdtempSync(join(tmpdir(), 'tls-environment-'));
const program = join(root, 'trusting-client.mjs');
const authority = new CertificateAuthority('Our authority');
const file = join(root, 'authority.pem');
let url: string;
let proxy: string;
beforeAll(async () => {
  writeFileSync(file, authority.certificate);
  await bundleFixture('trusting-client.ts', program);
  const server = await startHttp2Server((stream) => stream.end('ok'), {
    identity: authority.issue(),
    allowHTTP1: true,
  });
  server.onRequest((_request, response) => response.end('ok'));
  cleanup.add(() => server.close());
  url = `https://localhost:${server.port}/`;
  proxy = (await startHttpProxy(cleanup)).url;
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

const NO = 'ssl-handshake-failed';
const DEFAULT_SAYS_NO = { default: NO, 'HTTP/1.1': NO, tunnel: NO, NodeHttpTransport: NO };
const DEFAULT_SAYS_YES = { default: 'in', 'HTTP/1.1': 'in', tunnel: 'in', NodeHttpTransport: 'in' };

/** From 22.15 on Node knows what the system trusts, and can be told to trust it. */
const KNOWS_SYSTEM = process.allowedNodeEnvironmentFlags.has('--use-system-ca');

test.each<[string, Record<string, string>, string[], Record<string, string>]>([
  ['nothing', {}, [], { https: 'refused', ...DEFAULT_SAYS_NO, bundled: NO, system: NO, both: NO }],
  // It adds to what Node trusts when it is told nothing, and to nothing else.
  [
    'NODE_EXTRA_CA_CERTS',
    { NODE_EXTRA_CA_CERTS: file },
    [],
    { https: 'in', ...DEFAULT_SAYS_YES, bundled: NO, system: NO, both: NO },
  ],
  // It is the system's list, in the words of OpenSSL.
  [
    'SSL_CERT_FILE',
    { SSL_CERT_FILE: file },
    [],
    { https: 'refused', ...DEFAULT_SAYS_NO, bundled: NO, system: 'in', both: 'in' },
  ],
  [
    'SSL_CERT_FILE and --use-openssl-ca',
    { SSL_CERT_FILE: file },
    ['--use-openssl-ca'],
    { https: 'in', ...DEFAULT_SAYS_YES, bundled: NO, system: 'in', both: 'in' },
  ],
  ...(KNOWS_SYSTEM
    ? [
        [
          'SSL_CERT_FILE and --use-system-ca',
          { SSL_CERT_FILE: file },
          ['--use-system-ca'],
          { https: 'in', ...DEFAULT_SAYS_YES, bundled: NO, system: 'in', both: 'in' },
        ] as [string, Record<string, string>, string[], Record<string, string>],
      ]
    : []),
  // It switches the verification of node:https off, and nothing of ours.
  [
    'NODE_TLS_REJECT_UNAUTHORIZED=0',
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    [],
    { https: 'in', ...DEFAULT_SAYS_NO, bundled: NO, system: NO, both: NO },
  ],
])('with %s', async (_name, own, flags, expected) => {
  const {
    NODE_EXTRA_CA_CERTS: _1,
    SSL_CERT_FILE: _2,
    NODE_TLS_REJECT_UNAUTHORIZED: _3,
    ...rest
  } = process.env;
  const env = { ...rest, ...own };
  const { stdout } = await run(process.execPath, [...flags, program, url, proxy], { env });
  expect(JSON.parse(stdout)).toEqual(expected);
});
