const WINDOWS = 'is of POSIX, or of Windows, and this machine is the other one';
const OWN_BUILD = 'there is no build: npm run build';
const VECTORS =
  'the vectors of other projects are not here (../shared/conformance); tables of ours in test/unit have the rules';
const TRANSPORT = 'the transport, or this engine, cannot do it: capabilities and LIMITS of the file';
const NO_BINARY = 'npm has no binary of that runtime for this machine';
const NO_OPENSSL = 'there is no openssl: apt-get install openssl';
const NO_ENGINE = 'this engine does not have it, or does it in another way: the file says which';
const NO_ELECTRON = 'there is no Electron, or it cannot do it';
const NO_BROWSER = 'there is no Chromium';
const NOT_SHARED = 'what is in memory is not shared, and does not outlive its process';

/** File of tests that may skip some → why, for the last lines of `npm test`. */
export const WHY_SKIPPED: Readonly<Record<string, string>> = {
  'test/browser/cache.test.ts': NO_ENGINE,
  'test/browser/client-suite.test.ts': TRANSPORT,
  'test/browser/download.test.ts': NO_ENGINE,
  'test/browser/service-worker-client.test.ts': 'this engine runs no service worker here',
  'test/browser/quota.test.ts': NO_ENGINE,
  'test/browser/service-worker.test.ts': 'this engine runs no service worker here',
  'test/browser/store.test.ts': NO_ENGINE,
  'test/browser/tabs.test.ts': 'no tab that is opened by a script answers in WebKitGTK',
  'test/browser/transport.test.ts': TRANSPORT,
  'test/browser/worker.test.ts': 'this engine has no SharedWorker here',
  'test/consumers/bundles.test.ts': NO_BROWSER,
  'test/consumers/frameworks.test.ts': NO_BINARY,
  'test/consumers/mocks.test.ts': 'msw and nock need a newer Node than this one',
  'test/consumers/nodes.test.ts': NO_BINARY,
  'test/consumers/workerd.test.ts': NO_BINARY,
  'test/electron/client-suite.test.ts': NO_ELECTRON,
  'test/electron/electron.test.ts': 'there is no Electron, or no build',
  'test/electron/session.test.ts': NO_ELECTRON,
  'test/node/address-filter.test.ts': WINDOWS,
  'test/node/bridge/client-suite.test.ts': 'this kind of port cannot do it',
  'test/node/certificate-matrix.test.ts': NO_OPENSSL,
  'test/node/conformance-auth.test.ts': VECTORS,
  'test/node/conformance-cookies.test.ts': VECTORS,
  'test/node/conformance-dataurls.test.ts': VECTORS,
  'test/node/conformance-hsts.test.ts': VECTORS,
  'test/node/dialer-sockets.test.ts': WINDOWS,
  'test/node/disk-cache-damage.test.ts': 'a disk of its own takes root, and Windows replaces no open file',
  'test/node/disk-cache-descriptors.test.ts': 'on Windows no file is held open',
  'test/node/disk-cache-held.test.ts': WINDOWS,
  'test/node/disk-cache-safety.test.ts': WINDOWS,
  'test/node/disk-cache-torture.test.ts': WINDOWS,
  'test/node/disk-cache-usage.test.ts': WINDOWS,
  'test/node/disk-cache.test.ts': WINDOWS,
  'test/node/file-body.test.ts': 'there is no /sys with files of a wrong size',
  'test/node/file-scheme.test.ts': 'there is no /proc/self/fd, or root may read every file',
  'test/node/file-store.test.ts': 'root may write everywhere, and Windows has other permissions',
  'test/node/hsts-persistence.test.ts': 'the double of Windows has no directory of caches',
  'test/node/http2-broken-peers.test.ts': 'the HTTP/2 of Node 20 tells nobody of these faults',
  'test/node/import-cost.test.ts': OWN_BUILD,
  'test/node/local-sockets.test.ts': WINDOWS,
  'test/node/own-files.test.ts': 'needs POSIX, root, or leave to mount (unshare)',
  'test/node/pre-shared-key.test.ts': NO_OPENSSL,
  'test/node/real-proxies.test.ts':
    'Squid, tinyproxy, HAProxy, Dante or its user is not here: .ci/run installs them',
  'test/node/real-tls-servers.test.ts':
    'there is no openssl, nginx or HAProxy (.ci/run installs them), or it does not speak that',
  'test/node/replace-file.test.ts': WINDOWS,
  'test/node/servers.test.ts':
    'nginx, Apache, HAProxy, h2o or nghttpd is not here (.ci/run installs them), or does not speak that version of HTTP',
  'test/node/session.test.ts': OWN_BUILD,
  'test/node/system-proxies.test.ts': 'there is no gsettings',
  'test/node/tls-options.test.ts': NO_OPENSSL,
  'test/node/transport-dialed.test.ts': TRANSPORT,
  'test/node/transport-fetch.test.ts': TRANSPORT,
  'test/node/transport-node-http.test.ts': TRANSPORT,
  'test/node/transport-process.test.ts': TRANSPORT,
  'test/node/transport-socket.test.ts': TRANSPORT,
  'test/node/windows.test.ts': WINDOWS,
  'test/unit/auth/certificate-hash.test.ts': NO_OPENSSL,
  'test/unit/cache/block-writer.test.ts': NOT_SHARED,
  'test/unit/cache/memory-cache.test.ts': NOT_SHARED,
  'test/unit/cache/patient-cache.test.ts': NOT_SHARED,
  'test/unit/platform/judge-tls.test.ts': NO_OPENSSL,
  'test/unit/storage/memory-store.test.ts': NOT_SHARED,
};

/** Why a test was skipped: many have it in their name, as `[no redirects]`; else it is the file's reason. */
export function whySkipped(file: string, name: string): string {
  const capability = /\[no (\w+)\]$/.exec(name)?.[1];
  if (capability !== undefined) return `the transport declares no ${capability}`;
  return WHY_SKIPPED[file] ?? 'what it needs is not here: its condition stands in the file';
}
