import { type Checks, checkOptions, FUNCTION, withMethods } from '../../../../src/checks/checker.ts';
import { NetworkError } from '../../../../src/error.ts';
import { systemClock } from '../../../../src/util/clock.ts';
import { netFailure } from './net-failure.ts';
import type { ElectronNet } from './types.ts';

/** Electron's `Certificate`, as far as it is looked at. */
export interface ElectronCertificate {
  /** The whole of it, as PEM. */
  readonly data: string;
  /** Common name of whoever has signed it. */
  readonly issuerName: string;
  /** Absent of one that is signed by itself. */
  readonly issuerCert?: ElectronCertificate;
}

/** What Chromium says of the certificates of a server: Electron's `Request` of a verify proc. */
export interface ElectronVerifyRequest {
  /** The server that was connected to, as the URL names it. */
  readonly hostname: string;
  /** What it has shown, with those that Chromium has built its chain of. */
  readonly validatedCertificate: ElectronCertificate;
  /** `'net::OK'`, or the name of an error. */
  readonly verificationResult: string;
}

/** Electron's verify proc: 0 accepts, −2 refuses, −3 leaves it to Chromium. */
export type ElectronVerifyProc = (request: ElectronVerifyRequest, callback: (result: number) => void) => void;

/** What is used of Electron's `Session` to learn whom it trusts. */
export interface ElectronVerifyingSession {
  /** Puts a function in the place of Chromium's judgement; null puts that back. */
  // biome-ignore lint/suspicious/noExplicitAny: Electron's types have more of a certificate
  setCertificateVerifyProc(proc: ((request: any, callback: (result: number) => void) => void) | null): void;
}

/** What `certificatesOf` is told: which servers to ask, by what, and how long. */
export interface CertificatesOfOptions {
  /** Electron's `net`, by which servers are asked for their certificates. */
  readonly net: ElectronNet;
  /** `https:` origins of servers whose authorities are wanted: `['https://intranet.example']`. */
  readonly origins: readonly string[];
  /** The verify proc that the session has, which it gets back at the end. Electron does not tell it. @default Chromium's own */
  readonly verify?: ElectronVerifyProc;
  /** Milliseconds for each server. @default 10000 */
  readonly timeout?: number;
}

const CHECKS: Checks<CertificatesOfOptions> = {
  net: { ...withMethods('request'), isRequired: true },
  origins: {
    expected: "an array of origins as 'https://intranet.example'",
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isSecureOrigin),
    isRequired: true,
  },
  verify: FUNCTION,
  timeout: {
    expected: 'a number of milliseconds',
    accepts: (value) => typeof value === 'number' && value > 0,
  },
};

function isSecureOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:';
}

/**
 * Whom Chromium trusts for these servers, for `tls.ca`: the authority at the end of the way by which its verifier has accepted
 * each, beside the list that comes with Node. That is what the system and its administrator have added, on Windows and macOS,
 * too, where Electron tells Node nothing of it.
 *
 *     const ca = await certificatesOf(session.fromPartition('certificates'), { net, origins: ['https://intranet.example'] });
 *     const manager = new NetworkAccessManager({ tls: { ca } });
 *
 * Each server gets a HEAD without cookies and credentials, through the proxy of the session. While that lasts, the verify proc
 * of the session is ours; Chromium remembers verdicts and tells each once, so a session of its own is best. Authorities are
 * trusted by the manager for every host, as Chromium does. The key of a client certificate stays with the system: who needs
 * that takes `electronTransport`.
 *
 * @returns `'bundled'`, and PEM
 * @throws TypeError that names the option when it is unknown, ill-typed or missing
 * @throws NetworkError ssl-handshake-failed for a server whose certificates Chromium does not accept, or has judged before;
 * that of the network for one that cannot be reached
 */
export async function certificatesOf(
  session: ElectronVerifyingSession,
  options: CertificatesOfOptions,
): Promise<readonly string[]> {
  const checked = checkOptions('certificatesOf', options, CHECKS);
  const asked = (asking.get(session) ?? Promise.resolve()).then(() => authoritiesOf(session, checked));
  asking.set(
    session,
    asked.catch(() => {}),
  );
  return asked;
}

/** What is asked of each session: one after the other, since it has one verify proc. */
const asking = new WeakMap<ElectronVerifyingSession, Promise<unknown>>();

async function authoritiesOf(
  session: ElectronVerifyingSession,
  { net, origins, verify, timeout = 10_000 }: CertificatesOfOptions,
): Promise<readonly string[]> {
  const told = new Map<string, ElectronVerifyRequest>();
  session.setCertificateVerifyProc((request: ElectronVerifyRequest, callback) => {
    told.set(request.hostname, request);
    callback(LEAVE_TO_CHROMIUM);
  });
  try {
    const authorities = new Set<string>();
    for (const origin of origins) {
      const { hostname } = new URL(origin);
      const failure = await askFor(net, session, origin, timeout);
      authorities.add(authorityOf(told.get(withoutBrackets(hostname)), origin, failure));
    }
    return ['bundled', ...authorities];
  } finally {
    session.setCertificateVerifyProc(verify ?? null);
  }
}

const LEAVE_TO_CHROMIUM = -3;

/** @throws NetworkError */
function authorityOf(
  told: ElectronVerifyRequest | undefined,
  url: string,
  failure: NetworkError | null,
): string {
  if (told === undefined) {
    if (failure !== null && failure.code !== 'ssl-handshake-failed') throw failure;
    const words =
      'Chromium has judged the certificates of this server before and does not tell of them again: ask with a session of its own';
    throw new NetworkError('ssl-handshake-failed', words, { url });
  }
  const { verificationResult: result, validatedCertificate: first } = told;
  if (result !== 'net::OK' && result !== 'OK') {
    const words = `Chromium does not accept the certificate of this server, issued by ${first.issuerName}: ${result}`;
    throw new NetworkError('ssl-handshake-failed', words, { url });
  }
  let last = first;
  for (let above = first.issuerCert; above !== undefined; above = above.issuerCert) last = above;
  return last.data;
}

/** What a HEAD has failed with, or null: whatever answers has shown its certificates. */
function askFor(
  net: ElectronNet,
  session: object,
  url: string,
  timeout: number,
): Promise<NetworkError | null> {
  return new Promise((resolve) => {
    const request = net.request({
      method: 'HEAD',
      url,
      session,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'manual',
    });
    const end = (failure: NetworkError | null): void => {
      systemClock.clearTimeout(patience);
      resolve(failure);
      request.abort();
    };
    const patience = systemClock.setTimeout(() => {
      end(new NetworkError('timeout', `the server was silent for ${timeout} ms`, { url }));
    }, timeout);
    request.on('error', (error) => end(netFailure(error, url)));
    request.on('redirect', () => end(null));
    request.on('response', (response) => {
      response.on('error', () => {});
      end(null);
    });
    request.end();
  });
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
