import type { ProxyServer } from '../../../../src/call/route.ts';
import type { Dialing, Wire } from '../step.ts';
import { proxyRefusal, wantsCredentials } from './proxy-failure.ts';
import { readExactly } from './read-wire.ts';
import type { SocksRefusal, SocksTarget } from './socks.ts';

const VERSION = 5;
const CONNECT = 1;
const NO_AUTHENTICATION = 0;
const USER_AND_PASSWORD = 2;
const NONE_ACCEPTABLE = 0xff;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

const NOT_ALLOWED = 2;
/** A name has one byte for its length (RFC 1928 §5): what is longer would be read as the port, and as words of the client. */
const MOST_NAME_BYTES = 255;

/** RFC 1928 §6. */
const REPLIES = [
  'succeeded',
  'general failure',
  'not allowed by its rules',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'it does not know CONNECT',
  'it does not know this kind of address',
];

/**
 * SOCKS5 (RFC 1928) with user and password (RFC 1929). Null when the way is open.
 * @throws NetworkError when the proxy wants other credentials, or does not speak SOCKS5
 */
export async function askSocks5(
  wire: Wire,
  target: SocksTarget,
  proxy: ProxyServer,
  dialing: Dialing,
): Promise<SocksRefusal | null> {
  if (target.bytes === null && target.host.length > MOST_NAME_BYTES)
    return {
      words: `its name is longer than ${MOST_NAME_BYTES} bytes`,
      code: 'host-not-found',
      isAboutAddress: false,
    };
  await authenticate(wire, proxy, dialing);
  wire.write(Buffer.from([VERSION, CONNECT, 0, ...addressOf(target), target.port >> 8, target.port & 0xff]));
  const [version, reply, , kind] = await readExactly(wire, dialing.signal, 4);
  if (version !== VERSION) throw proxyRefusal(proxy, 'does not speak SOCKS5', dialing);
  if (reply !== 0) {
    const words = REPLIES[reply!] ?? `reply ${reply}`;
    if (reply === NOT_ALLOWED) return { words, code: 'content-access-denied', isAboutAddress: false };
    return { words, isAboutAddress: reply! >= 3 && reply! <= 6 };
  }
  await skipBound(wire, kind!, proxy, dialing);
  return null;
}

async function authenticate(wire: Wire, proxy: ProxyServer, dialing: Dialing): Promise<void> {
  const hasCredentials = proxy.user !== '' || proxy.password !== '';
  const methods = hasCredentials ? [NO_AUTHENTICATION, USER_AND_PASSWORD] : [NO_AUTHENTICATION];
  wire.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await readExactly(wire, dialing.signal, 2);
  if (version !== VERSION) throw proxyRefusal(proxy, 'does not speak SOCKS5', dialing);
  if (method === NONE_ACCEPTABLE) throw wantsCredentials(proxy, dialing);
  if (!methods.includes(method!))
    throw proxyRefusal(proxy, `wants method ${method}, which was not offered`, dialing);
  if (method === NO_AUTHENTICATION) return;
  const [user, password] = [Buffer.from(proxy.user), Buffer.from(proxy.password)];
  wire.write(Buffer.from([1, user.length, ...user, password.length, ...password]));
  const [, status] = await readExactly(wire, dialing.signal, 2);
  if (status !== 0) throw wantsCredentials(proxy, dialing);
}

function addressOf({ bytes, host }: SocksTarget): readonly number[] {
  if (bytes !== null) return [bytes.length === 4 ? IPV4 : IPV6, ...bytes];
  const name = Buffer.from(host, 'latin1');
  return [NAME, name.length, ...name];
}

/** Where the proxy has connected from: it has to be read, and says nothing that is needed. */
async function skipBound(wire: Wire, kind: number, proxy: ProxyServer, dialing: Dialing): Promise<void> {
  const { signal } = dialing;
  const length =
    kind === IPV4 ? 4 : kind === IPV6 ? 16 : kind === NAME ? (await readExactly(wire, signal, 1))[0]! : null;
  if (length === null) throw proxyRefusal(proxy, 'does not speak SOCKS5', dialing);
  await readExactly(wire, signal, length + 2);
}
