import type { ProxyServer } from '../../../../src/call/route.ts';
import { NetworkError, type NetworkErrorCode } from '../../../../src/error.ts';
import { proxyOrigin } from '../../../../src/proxy/proxy-server.ts';
import { addressBytes } from '../../../../src/util/ip-address.ts';
import { networkFailure } from '../../../common/network-failure.ts';
import { abortable } from '../dial-time.ts';
import { guardStep } from '../guard.ts';
import type { TunnelMeans } from '../route.ts';
import { AGAIN, type Dialing, type Reached, type Step, type Wire } from '../step.ts';
import { OriginFailure } from './fall-through.ts';
import { judgeEarlyBytes, proxyRefusal } from './proxy-failure.ts';
import { readExactly } from './read-wire.ts';
import { SocksAccount } from './socks-account.ts';
import { askSocks5 } from './socks5.ts';

/** Where a SOCKS proxy is to connect to. */
export interface SocksTarget {
  /** A name, or an address. */
  readonly host: string;
  /** Those of an address; null for a name, which the proxy resolves. */
  readonly bytes: Uint8Array | null;
  readonly port: number;
}

/** Why a SOCKS proxy opens no way to the origin. */
export interface SocksRefusal {
  readonly words: string;
  /** @default unknown-proxy */
  readonly code?: NetworkErrorCode;
  /** Another address of the origin may do better. */
  readonly isAboutAddress: boolean;
}

const NOTHING = new Uint8Array();

/** Asks a SOCKS proxy for a connection to the origin, and for another address of it where one cannot be reached. */
export function socksStep(proxy: ProxyServer, means: TunnelMeans): Step {
  let next = 0;
  let account: SocksAccount | null = null;
  return {
    name: 'tunnel',
    async take(reached, dialing): Promise<Reached | typeof AGAIN> {
      const targets = proxy.resolves ? [originOf(dialing)] : await resolved(reached, dialing, means);
      const target = targets[next]!;
      if (proxy.type !== 'socks4a') account ??= await SocksAccount.begin(proxy, dialing);
      const refusal =
        account === null
          ? await askSocks4(reached.wire!, target, proxy, dialing)
          : await askSocks5(reached.wire!, target, proxy, dialing, account);
      if (refusal === AGAIN) return AGAIN;
      next++;
      if (refusal !== null) {
        if (refusal.isAboutAddress && next < Math.min(targets.length, MOST_TARGETS)) return AGAIN;
        throw refused(refusal, proxy, dialing);
      }
      judgeEarlyBytes(NOTHING, reached.wire!, proxy, dialing);
      dialing.call.timings.proxyConnectEnd = dialing.call.time();
      return reached;
    },
  };
}

function refused(
  { words, code = 'unknown-proxy' }: SocksRefusal,
  proxy: ProxyServer,
  { url }: Dialing,
): NetworkError {
  const message = `the proxy ${proxyOrigin(proxy)} opens no way to the origin: ${words}`;
  return new NetworkError(code, message, { url, cause: new OriginFailure(words) });
}

/** Each costs a connection to the proxy. */
const MOST_TARGETS = 4;

function originOf({ endpoint: { host, port } }: Dialing): SocksTarget {
  return { host, port, bytes: addressBytes(host) };
}

/**
 * The addresses of the origin, which are looked at as if they were connected to from here.
 * @throws NetworkError host-not-found where the origin has none: the proxy has nothing to do with that
 */
async function resolved(
  reached: Reached,
  dialing: Dialing,
  { resolver, filters }: TunnelMeans,
): Promise<readonly SocksTarget[]> {
  const { endpoint, signal, url } = dialing;
  const { host, port } = endpoint;
  const addresses = await abortable(
    resolver.addressesOf(host).catch((cause) => {
      const { code, message } = networkFailure(cause, url);
      throw new NetworkError(code, message, { url, cause: new OriginFailure(message, { cause }) });
    }),
    signal,
  );
  const targets = addresses.map(({ address }) => ({ host: address, port }));
  const guarded = guardStep(filters, endpoint, 'through-proxy').take(
    { ...reached, targets },
    dialing,
  ) as Reached;
  return guarded.targets.flatMap((target) =>
    'host' in target ? { host: target.host, port, bytes: addressBytes(target.host) } : [],
  );
}

/** Of SOCKS4a: its version, what is asked for, and the reply that opens the way. */
const VERSION = 4;
const CONNECT = 1;
const GRANTED = 0x5a;
/** An address that there is not: a name follows. */
const NAME_FOLLOWS = [0, 0, 0, 1];

const REPLIES = new Map([
  [0x5b, 'rejected or failed'],
  [0x5c, 'it cannot ask our identd'],
  [0x5d, 'our identd names another user'],
]);

/**
 * SOCKS4a (https://www.openssh.org/txt/socks4a.protocol). Null when the way is open.
 * @throws NetworkError when the proxy does not speak SOCKS4
 */
async function askSocks4(
  wire: Wire,
  { bytes, host, port }: SocksTarget,
  proxy: ProxyServer,
  dialing: Dialing,
): Promise<SocksRefusal | null> {
  if (bytes?.length === 16) return { words: 'SOCKS4a knows no IPv6 addresses', isAboutAddress: false };
  const user = Buffer.from(proxy.user);
  const name = bytes === null ? [...Buffer.from(host, 'latin1'), 0] : [];
  wire.write(
    Buffer.from([VERSION, CONNECT, port >> 8, port & 0xff, ...(bytes ?? NAME_FOLLOWS), ...user, 0, ...name]),
  );
  const [version, reply] = await readExactly(wire, dialing.signal, 8);
  if (version !== 0) throw proxyRefusal(proxy, 'does not speak SOCKS4', dialing);
  return reply === GRANTED ? null : { words: REPLIES.get(reply!) ?? `reply ${reply}`, isAboutAddress: false };
}
