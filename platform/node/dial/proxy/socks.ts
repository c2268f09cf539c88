import type { ProxyServer } from '../../../../src/call/route.ts';
import type { NetworkErrorCode } from '../../../../src/error.ts';
import { addressBytes } from '../../../../src/util/ip-address.ts';
import { abortable } from '../abortable.ts';
import { guardStep } from '../guard.ts';
import type { TunnelMeans } from '../route.ts';
import { AGAIN, type Dialing, type Reached, type Step } from '../step.ts';
import { judgeEarlyBytes } from './early-bytes.ts';
import { toldByProxy } from './fall-through.ts';
import { proxyRefusal } from './proxy-failure.ts';
import { askSocks4 } from './socks4.ts';
import { askSocks5 } from './socks5.ts';

/** Where a SOCKS proxy is to connect to. */
export interface SocksTarget {
  /** A name, or an address. */
  readonly host: string;
  /** Those of an address; null for a name, which the proxy resolves. */
  readonly bytes: Uint8Array | null;
  readonly port: number;
}

/** What a SOCKS proxy has answered: null when the way is open, else why not. */
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
  return {
    name: 'tunnel',
    async take(reached, dialing): Promise<Reached | typeof AGAIN> {
      const targets = proxy.resolves ? [originOf(dialing)] : await resolved(reached, dialing, means);
      const target = targets[next++]!;
      const ask = proxy.type === 'socks4a' ? askSocks4 : askSocks5;
      const refusal = await ask(reached.wire!, target, proxy, dialing);
      if (refusal !== null) {
        if (refusal.isAboutAddress && next < Math.min(targets.length, MOST_TARGETS)) return AGAIN;
        throw toldByProxy(
          proxyRefusal(proxy, `opens no way to the origin: ${refusal.words}`, dialing, refusal.code),
        );
      }
      judgeEarlyBytes(NOTHING, reached.wire!, proxy, dialing);
      dialing.call.timings.proxyConnectEnd = dialing.call.time();
      return reached;
    },
  };
}

/** Each costs a connection to the proxy. */
const MOST_TARGETS = 4;

function originOf({ endpoint: { host, port } }: Dialing): SocksTarget {
  return { host, port, bytes: addressBytes(host) };
}

/** The addresses of the origin, which are looked at as if they were connected to from here. */
async function resolved(
  reached: Reached,
  dialing: Dialing,
  { resolver, filters }: TunnelMeans,
): Promise<readonly SocksTarget[]> {
  const { endpoint, signal } = dialing;
  const { host, port } = endpoint;
  const addresses = await abortable(resolver.addressesOf(host), signal);
  const targets = addresses.map(({ address }) => ({ host: address, port }));
  const guarded = guardStep(filters, endpoint, 'through-proxy').take(
    { ...reached, targets },
    dialing,
  ) as Reached;
  return guarded.targets.flatMap((target) =>
    'host' in target ? { host: target.host, port, bytes: addressBytes(target.host) } : [],
  );
}
