import type { ProxyServer } from '../../../../src/call/route.ts';
import type { Dialing, Wire } from '../step.ts';
import { proxyRefusal } from './proxy-failure.ts';
import { readExactly } from './read-wire.ts';
import type { SocksRefusal, SocksTarget } from './socks.ts';

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
export async function askSocks4(
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
