import type { Pem, TlsOptions } from '../../../src/options/tls-options.ts';

type Tls = typeof import('node:tls') & {
  /** From Node 22.15 on. */
  getCACertificates?(type: 'system' | 'default'): readonly string[];
};

/** Where distributions keep what they trust, as PEM. OpenSSL's own variable goes before them. */
const BUNDLES: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The machine's surroundings, as far as they say what is trusted. */
export interface TrustSources {
  readonly platform: string;
  readonly bundleOfEnvironment: string | undefined;
  /** `tls.getCACertificates('system')`, where Node has it. */
  readonly system: (() => readonly string[]) | null;
  /** @throws Error when it cannot be read */
  read(path: string): string;
}

/**
 * What the operating system trusts.
 * @throws TypeError that says why it cannot be told
 */
export function systemCertificates(sources: TrustSources): readonly string[] {
  const { platform, bundleOfEnvironment: own, system, read } = sources;
  if (system !== null) return system();
  if (platform === 'darwin' || platform === 'win32') {
    const words = 'its store is told by Node from 22.15 on, and not by Electron: give what it trusts as PEM';
    throw new TypeError(`option 'tls.ca': 'system' cannot be read on ${platform}: ${words}`);
  }
  const paths = own ? [own] : BUNDLES;
  for (const path of paths) {
    try {
      return [read(path)];
    } catch {
      // The next one, where there is one.
    }
  }
  throw new TypeError(`option 'tls.ca': 'system' is in no file that can be read: ${paths.join(', ')}`);
}

/** The surroundings of this process. */
function trustSources(): TrustSources {
  const tls: Tls = process.getBuiltinModule('node:tls');
  const fs = process.getBuiltinModule('node:fs');
  // Electron answers with a list of its own, and not with that of the system.
  const isTold = tls.getCACertificates !== undefined && process.versions.electron === undefined;
  return {
    platform: process.platform,
    bundleOfEnvironment: process.env.SSL_CERT_FILE,
    system: isTold ? () => tls.getCACertificates!('system') : null,
    read: (path) => fs.readFileSync(path, 'latin1'),
  };
}

let system: readonly string[] | null = null;

/**
 * The authorities that an option names, each a text of PEM. Words are looked up once in a process.
 * @throws TypeError when a word cannot be looked up
 */
export function authoritiesOf(ca: NonNullable<TlsOptions['ca']>): readonly string[] {
  return (Array.isArray(ca) ? (ca as readonly Pem[]) : [ca as Pem]).flatMap((one) => {
    if (one === 'bundled') return process.getBuiltinModule('node:tls').rootCertificates;
    if (one !== 'system') return [textOf(one)];
    system ??= systemCertificates(trustSources());
    return system;
  });
}

export function textOf(pem: Pem): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1');
}
