import { connect, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { NetworkError } from '../../../src/error.ts';
import type { Exchange } from '../../../src/pipeline/exchange.ts';
import { networkFailure } from '../errors.ts';
import { abortable } from './abortable.ts';
import { addressesOf } from './addresses.ts';
import type { Endpoint } from './endpoint.ts';
import { firstToConnect } from './happy-eyeballs.ts';
import { Inbox } from './inbox.ts';
import { startTls } from './tls-handshake.ts';
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
  /** Where the socket's bytes arrive; null when they come as `data` events. */
  readonly inbox: Inbox | null;
  readonly protocol: 'h2' | 'http/1.1';
  readonly encrypted: boolean;
}

/** The system sends a probe over a silent connection after so many milliseconds. */
const KEEP_ALIVE_DELAY = 60_000;

const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY };

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
    const protocol = dial.offer[0]!;
    // HTTP/2 sessions of Node take over a socket's bytes below the level of the inbox.
    const inbox = protocol === 'h2' ? null : new Inbox();
    return { socket: await this.#connect(dial, inbox), inbox, protocol, encrypted: false };
  }

  async #secure(dial: Dial, identity: TlsIdentity): Promise<Dialed> {
    const { endpoint, offer, exchange, signal } = dial;
    const { key, host } = endpoint;
    // Before anything is opened: it throws when the material cannot be used.
    const { context } = identity;
    const socket = await startTls(await this.#connect(dial, null), {
      context,
      name: identity.servername ?? host,
      protocols: offer,
      session: this.#sessions.get(key),
      onSession: (session) => this.#sessions.set(key, session),
      signal,
    });
    exchange.timings.secureConnectEnd = exchange.clock.now();
    await askEncrypted(socket, dial);
    const fallback = offer.length === 1 ? offer[0]! : 'http/1.1';
    const protocol = socket.alpnProtocol === 'h2' ? 'h2' : fallback;
    return { socket, inbox: null, protocol, encrypted: true };
  }

  async #connect({ endpoint, exchange, signal }: Dial, inbox: Inbox | null): Promise<Socket> {
    const { host, port, local } = endpoint;
    const { timings, clock } = exchange;
    const options = inbox === null ? SOCKET_OPTIONS : { ...SOCKET_OPTIONS, onread: inbox.onread };
    const started = (socket: Socket): Socket => {
      exchange.emit({ type: 'socket-started-connecting' });
      return socket;
    };
    let attempts = [() => started(connect({ ...options, path: host }))];
    if (!local) {
      const addresses = await abortable(addressesOf(host, this.#lookup), signal);
      timings.lookupEnd = clock.now();
      attempts = addresses.map(
        ({ address }) =>
          () =>
            started(connect({ ...options, host: address, port })),
      );
    }
    const socket = await firstToConnect(attempts, clock, signal);
    timings.connectEnd = clock.now();
    return socket;
  }
}

/** No byte of the request is sent before the application has seen the certificate. */
async function askEncrypted(socket: TLSSocket, { exchange, signal, url }: Dial): Promise<void> {
  try {
    const { proceed } = await abortable(exchange.ask({ type: 'encrypted' }), signal);
    if (!proceed)
      throw new NetworkError('operation-canceled', 'the encrypted connection was declined', { url });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
