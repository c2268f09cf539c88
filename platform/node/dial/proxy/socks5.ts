import type { ProxyServer } from '../../../../src/call/route.ts';
import { AGAIN, type Dialing, type Wire } from '../step.ts';
import { proxyRefusal, wantsCredentials } from './proxy-failure.ts';
import { isClosedEarly, readExactly } from './read-wire.ts';
import type { SocksRefusal, SocksTarget } from './socks.ts';
import type { SocksAccount } from './socks-account.ts';

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
 * SOCKS5 (RFC 1928) with user and password (RFC 1929). Null when the way is open; AGAIN when it takes a new connection to say
 * who asks.
 * @throws NetworkError when the proxy wants credentials that nobody has, or does not speak SOCKS5
 */
export async function askSocks5(
  wire: Wire,
  target: SocksTarget,
  proxy: ProxyServer,
  dialing: Dialing,
  account: SocksAccount,
): Promise<SocksRefusal | typeof AGAIN | null> {
  if (target.bytes === null && target.host.length > MOST_NAME_BYTES)
    return {
      words: `its name is longer than ${MOST_NAME_BYTES} bytes`,
      code: 'host-not-found',
      isAboutAddress: false,
    };
  if (!(await authenticate(wire, proxy, dialing, account))) return AGAIN;
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

/** False: what is known now is said over a new connection, since the proxy closes this one. */
async function authenticate(
  wire: Wire,
  proxy: ProxyServer,
  dialing: Dialing,
  account: SocksAccount,
): Promise<boolean> {
  const { isOffered } = account;
  const methods = isOffered ? [NO_AUTHENTICATION, USER_AND_PASSWORD] : [NO_AUTHENTICATION];
  wire.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await readExactly(wire, dialing.signal, 2);
  if (version !== VERSION) throw proxyRefusal(proxy, 'does not speak SOCKS5', dialing);
  if (method === NONE_ACCEPTABLE) {
    if (isOffered || !account.canAsk) throw wantsCredentials(proxy, dialing);
    account.isOffered = true;
    return false;
  }
  if (!methods.includes(method!))
    throw proxyRefusal(proxy, `wants method ${method}, which was not offered`, dialing);
  if (method === NO_AUTHENTICATION) return true;
  const isWaiting = account.credentials === null;
  if (isWaiting && !(await account.ask())) throw wantsCredentials(proxy, dialing);
  const [user, password] = [account.credentials!.user, account.credentials!.password].map((text) =>
    Buffer.from(text),
  );
  wire.write(Buffer.from([1, user!.length, ...user!, password!.length, ...password!]));
  const status = await readExactly(wire, dialing.signal, 2).catch((error) => {
    if (!isWaiting || !isClosedEarly(error)) throw error;
    return null;
  });
  // It has grown tired of waiting: what is known now is for another connection.
  if (status === null) return false;
  if (status[1] === 0) {
    await account.accepted();
    return true;
  }
  // What is refused is forgotten, and asked for again (RFC 1929 §2: the proxy closes the connection).
  if (!(await account.ask())) throw wantsCredentials(proxy, dialing);
  return false;
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
