import { connect, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { NetworkError } from '../../../src/error.ts';
import { ask } from '../../../src/pipeline/ask.ts';
import type { Exchange } from '../../../src/pipeline/exchange.ts';
import { networkFailure } from '../../common/network-failure.ts';
import { nodeOptions } from '../node-options.ts';
import { abortable } from './abortable.ts';
import { addressesOf } from './addresses.ts';
import type { Endpoint } from './endpoint.ts';
import { firstToConnect } from './happy-eyeballs.ts';
import { Inbox } from './inbox.ts';
import { secured, tlsConnectionOptions } from './tls-handshake.ts';
import type { TlsIdentity } from './tls-identity.ts';
import { TlsSessions } from './tls-sessions.ts';

/** One connection to be opened. */
export interface Dial {
  readonly endpoint: Endpoint;
  /** ALPN protocols to offer, in order of preference. */
  readonly offer: readonly ('h2' | 'http/1.1')[];
  /** For errors. */
  readonly url: string;
  /** Hears of attempts and phases, and is asked before the first byte goes over TLS. */
  readonly exchange: Exchange;
  /** Aborts with a NetworkError. */
  readonly signal: AbortSignal;
}

/** A connection that is up. Errors of its socket have a listener. */
export interface Dialed {
  readonly socket: Socket;
  /** Where the socket's bytes arrive. */
  readonly inbox: Inbox;
  readonly protocol: 'h2' | 'http/1.1';
  readonly encrypted: boolean;
}

/** The system sends a probe over a silent connection after so many milliseconds. */
const KEEP_ALIVE_DELAY = 60_000;

/** Opens connections: names, addresses, sockets, TLS. Whatever ends a dial early leaves nothing open behind it. */
export class Dialer {
  readonly #lookup: LookupFunction | undefined;
  readonly #sessions = new TlsSessions();

  /** @param lookup resolves host names in place of `dns.lookup`; asked for all addresses */
  constructor(lookup?: LookupFunction) {
    this.#lookup = lookup;
  }

  /** @throws NetworkError from the table of Node's errors, or the reason of the signal */
  async dial(dial: Dial): Promise<Dialed> {
    try {
      const { tls } = dial.endpoint;
      const dialed = tls === null ? await this.#plain(dial) : await this.#secure(dial, tls);
      if (dial.signal.aborted) dialed.socket.destroy();
      dial.signal.throwIfAborted();
      return dialed;
    } catch (cause) {
      throw networkFailure(cause, dial.url);
    }
  }

  async #plain(dial: Dial): Promise<Dialed> {
    const inbox = new Inbox();
    const options = { onread: inbox.onread };
    const socket = await this.#connect(dial, (target) =>
      connect(nodeOptions('socket', { ...options, ...target })),
    );
    return { socket, inbox, protocol: dial.offer[0]!, encrypted: false };
  }

  async #secure(dial: Dial, identity: TlsIdentity): Promise<Dialed> {
    const { endpoint, offer, exchange, signal } = dial;
    const { key, host } = endpoint;
    const inbox = new Inbox();
    const options = {
      onread: inbox.onread,
      ...tlsConnectionOptions({
        context: identity.context,
        name: identity.servername ?? host,
        protocols: offer,
        session: this.#sessions.get(key),
      }),
    };
    const { connect: connectTls } = process.getBuiltinModule('node:tls');
    const socket = await this.#connect(dial, (target) =>
      connectTls(nodeOptions('tls', { ...options, ...target })),
    );
    socket.on('session', (session) => this.#sessions.set(key, session));
    await secured(socket, signal);
    // An alert of TLS comes as an error that closes nothing: it has to outlast the question, when nobody else listens.
    socket.on('error', (error) => socket.destroy(error));
    exchange.timings.secureConnectEnd = exchange.clock.now();
    await askEncrypted(socket, dial);
    const fallback = offer.length === 1 ? offer[0]! : 'http/1.1';
    return { socket, inbox, protocol: socket.alpnProtocol === 'h2' ? 'h2' : fallback, encrypted: true };
  }

  async #connect<Kind extends Socket>(dial: Dial, open: (target: Target) => Kind): Promise<Kind> {
    const { exchange, signal } = dial;
    const attempts = (await this.#targets(dial)).map((target) => () => {
      const socket = open(target);
      exchange.emit({ type: 'socket-started-connecting' });
      return socket;
    });
    const socket = await firstToConnect(attempts, exchange.clock, signal);
    exchange.timings.connectEnd = exchange.clock.now();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY);
    return socket;
  }

  async #targets({ endpoint, exchange, signal }: Dial): Promise<readonly Target[]> {
    const { host, port, local } = endpoint;
    if (local) return [{ path: host }];
    const addresses = await abortable(addressesOf(host, this.#lookup), signal);
    exchange.timings.lookupEnd = exchange.clock.now();
    return addresses.map(({ address }) => ({ host: address, port }));
  }
}

/** One attempt: an address, or the path of a local socket. */
type Target = { readonly host: string; readonly port: number } | { readonly path: string };

/** No byte of the request is sent before the application has seen the certificate. */
async function askEncrypted(socket: TLSSocket, { exchange, signal, url }: Dial): Promise<void> {
  try {
    const { allowed } = await abortable(ask(exchange, { type: 'encrypted' }), signal);
    if (!allowed)
      throw new NetworkError('operation-canceled', 'the encrypted connection was declined', { url });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
