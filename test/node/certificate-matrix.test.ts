import * as https from 'node:https';
import { createRequire } from 'node:module';
import { DEFAULT_CIPHERS } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NetworkAccessManager, NetworkError } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { CertificateAuthority, type Identity } from '../support/certificate.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { Cleanup } from '../support/listening.ts';
import { HAS_OPENSSL, startOpensslServer } from '../support/openssl-server.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';

/**
 * What node:https, undici and we say of the same certificates, so that a difference is seen. All of them are told one authority
 * and nothing else. Where one of the others takes what we refuse, its column says `taken`.
 */

const { Agent, request } = createRequire(import.meta.url)('undici') as typeof import('undici');

const authority = new CertificateAuthority('Our authority');
const stranger = new CertificateAuthority('Inspecting proxy');
const DAY = 86_400_000;
const PAST = { notBefore: new Date(Date.now() - 7 * DAY), notAfter: new Date(Date.now() - DAY) };
const tomorrow = new Date(Date.now() + DAY);
const between = new CertificateAuthority('Between', authority);
const expired = new CertificateAuthority('Between', authority, PAST);
const impostor = new CertificateAuthority('Impostor', authority, { noAuthority: true });
/** The keys of nobody. */
const pins = { localhost: ['a', 'b'].map((letter) => `sha256/${letter.repeat(43)}=`) };

interface Row {
  readonly identity: Identity;
  /** Certificates that come along. */
  readonly chain?: readonly string[];
  readonly options?: ManagerOptions;
  /** What node:https and undici fail with, or `taken`. */
  readonly https: string;
  readonly undici: string;
  /** All that we tell, with the depth. */
  readonly fairlead: readonly string[];
}

const both = (said: string): Pick<Row, 'https' | 'undici'> => ({ https: said, undici: said });
/** Up to 22, Node takes keys of 80 bits of strength; from 24 on it has no name for what is wrong. */
const SHORT_KEY = Number.parseInt(process.versions.node, 10) < 24 ? 'taken' : 'UNSPECIFIED';
const UNKNOWN = ['unable-to-get-local-issuer-certificate 0', 'unable-to-verify-first-certificate 0'];

const ROWS: Readonly<Record<string, Row>> = {
  right: { identity: authority.issue(), ...both('taken'), fairlead: [] },
  'right, with its intermediate': {
    identity: between.issue(),
    chain: [between.certificate],
    ...both('taken'),
    fairlead: [],
  },
  expired: {
    identity: authority.issue(PAST),
    ...both('CERT_HAS_EXPIRED'),
    fairlead: ['certificate-expired 0'],
  },
  'not yet valid': {
    identity: authority.issue({ notBefore: tomorrow }),
    ...both('CERT_NOT_YET_VALID'),
    fairlead: ['certificate-not-yet-valid 0'],
  },
  'signed by itself': {
    identity: authority.issue({ selfSigned: true }),
    ...both('DEPTH_ZERO_SELF_SIGNED_CERT'),
    fairlead: ['self-signed-certificate 0'],
  },
  'of another host': {
    identity: authority.issue({ names: ['a.test', '*.b.test'] }),
    ...both('ERR_TLS_CERT_ALTNAME_INVALID'),
    fairlead: ['host-name-mismatch 0'],
  },
  // RFC 9525 §2: the subject is no name. The others take it still.
  'with a common name alone': {
    identity: authority.issue({ names: [], commonName: 'localhost' }),
    ...both('taken'),
    fairlead: ['host-name-mismatch 0'],
  },
  'of an unknown authority': {
    identity: stranger.issue(),
    ...both('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    fairlead: UNKNOWN,
  },
  'of an unknown authority that comes along': {
    identity: stranger.issue(),
    chain: [stranger.certificate],
    ...both('SELF_SIGNED_CERT_IN_CHAIN'),
    fairlead: ['self-signed-certificate-in-chain 1'],
  },
  'whose intermediate is missing': {
    identity: between.issue(),
    ...both('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    fairlead: UNKNOWN,
  },
  'whose intermediate has expired': {
    identity: expired.issue(),
    chain: [expired.certificate],
    ...both('CERT_HAS_EXPIRED'),
    fairlead: ['certificate-expired 1'],
  },
  // OpenSSL tells of it by a word that is about purposes.
  'of an issuer that is no authority': {
    identity: impostor.issue(),
    chain: [impostor.certificate],
    ...both('INVALID_PURPOSE'),
    fairlead: ['invalid-ca-certificate 1', 'invalid-purpose 0'],
  },
  'signed with SHA-1': {
    identity: authority.issue({ hash: 'sha1' }),
    ...both('UNSPECIFIED'),
    fairlead: ['weak-signature 0'],
  },
  // We are as strict on every version of Node.
  'with an RSA key of 1024 bits': {
    identity: authority.issue({ rsaBits: 1024 }),
    ...both(SHORT_KEY),
    fairlead: ['weak-key 0'],
  },
  'for clients': {
    identity: authority.issue({ purpose: 'clients' }),
    ...both('INVALID_PURPOSE'),
    fairlead: ['invalid-purpose 0'],
  },
  // The others know of no pins.
  'right, of a key that is not pinned': {
    identity: authority.issue(),
    options: { certificatePins: pins },
    ...both('taken'),
    fairlead: ['certificate-pin-mismatch 0'],
  },
  // The others tell one of four.
  'expired, short, of another host and an unknown authority': {
    identity: stranger.issue({ ...PAST, names: ['a.test'], rsaBits: 1024 }),
    ...both('CERT_HAS_EXPIRED'),
    fairlead: [...UNKNOWN, 'certificate-expired 0', 'weak-key 0', 'host-name-mismatch 0'],
  },
};
const NAMES = Object.keys(ROWS);

const outcome = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'taken',
    (error: NodeJS.ErrnoException) => String(error.code),
  );

function byHttps(url: string): Promise<string> {
  const answered = new Promise((resolve, reject) => {
    const sent = https.get(url, { ca: authority.certificate, agent: false }, (response) => {
      response.resume().on('end', resolve);
    });
    sent.on('error', reject);
  });
  return outcome(answered);
}

async function byUndici(url: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: authority.certificate } });
  const said = await outcome(request(url, { dispatcher }).then(({ body }) => body.text()));
  await dispatcher.destroy();
  return said;
}

/** What is wrong, as we tell it; a failure that is not about certificates fails the test. */
async function byUs(url: string, name: string, options: ManagerOptions = {}): Promise<readonly string[]> {
  const manager = new NetworkAccessManager({
    tls: { ca: authority.certificate },
    ...ROWS[name]!.options,
    ...options,
  });
  try {
    await manager.get(url).text();
    return [];
  } catch (error) {
    if (!(error instanceof NetworkError) || error.sslErrors === undefined) throw error;
    expect(error.code).toBe('ssl-handshake-failed');
    return error.sslErrors.map(({ code, depth }) => `${code} ${depth}`);
  } finally {
    await manager.close();
  }
}

describe.skipIf(!HAS_OPENSSL).each(['-tls1_2', '-tls1_3'])(
  'openssl s_server %s, a certificate',
  (version) => {
    const cleanup = new Cleanup(afterAll);
    const urls = new Map<string, string>();
    const weak = [version, '-cipher', 'DEFAULT@SECLEVEL=0'];
    let http: string;
    let socks: string;
    beforeAll(async () => {
      const start = async (name: string): Promise<void> => {
        const { identity, chain } = ROWS[name]!;
        urls.set(name, await startOpensslServer(cleanup, identity, weak, chain));
      };
      await Promise.all(NAMES.map(start));
      http = `http://127.0.0.1:${(await startHttpProxy(cleanup)).port}`;
      socks = `socks5h://127.0.0.1:${(await startSocksProxy(cleanup)).port}`;
    });

    test.each(NAMES)('%s', async (name) => {
      const url = urls.get(name)!;
      const row = ROWS[name]!;
      const said = await Promise.all([
        byHttps(url),
        byUndici(url),
        byUs(url, name),
        byUs(url, name, { proxy: http }),
        byUs(url, name, { proxy: socks }),
      ]);
      expect(said).toEqual([row.https, row.undici, row.fairlead, row.fairlead, row.fairlead]);
    });
  },
);

describe('a server of HTTP/2, a certificate', () => {
  const cleanup = new Cleanup(afterAll);
  let proxy: string;
  beforeAll(async () => {
    proxy = `http://127.0.0.1:${(await startHttpProxy(cleanup)).port}`;
  });

  test.each(NAMES)('%s', async (name) => {
    const { identity, chain = [], fairlead } = ROWS[name]!;
    const cert = [identity.cert, ...chain].join('\n');
    const weak = { cert, key: identity.key, ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` };
    const server = await startHttp2Server((stream) => stream.end('ok'), { identity: weak });
    const url = `https://localhost:${server.port}/`;
    try {
      const said = await Promise.all([byUs(url, name), byUs(url, name, { proxy })]);
      expect(said).toEqual([fairlead, fairlead]);
    } finally {
      await server.close();
    }
  });
});
