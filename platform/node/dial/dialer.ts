import type { LookupFunction } from 'node:net';
import { ask } from '../../../src/call/ask.ts';
import type { Call } from '../../../src/call/call.ts';
import type { ProxyServer } from '../../../src/call/route.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import type { AddressFilter } from '../../../src/options/address-filter.ts';
import { networkFailure } from '../../common/network-failure.ts';
import { connectStep } from './connect.ts';
import { abortable, CONNECT_TIMEOUT, DialTime } from './dial-time.ts';
import type { Endpoint } from './endpoint.ts';
import { guardStep } from './guard.ts';
import { type Inbox, StreamInbox } from './inbox.ts';
import { type DialedKey, PreSharedKeys, preSharedKeyStep } from './pre-shared-keys.ts';
import { towardsProxy } from './proxy/proxy-failure.ts';
import { Resolver, resolveStep } from './resolve.ts';
import { ROUTE_KINDS, type RouteKinds } from './route.ts';
import { approveStep, secureStep } from './secure.ts';
import {
  AGAIN,
  type Dialing,
  NOTHING_REACHED,
  type Protocol,
  type Reached,
  type Step,
  type Wire,
} from './step.ts';
import { TlsSessions } from './tls-sessions.ts';

/** One connection to be opened. */
export interface Dial {
  readonly endpoint: Endpoint;
  /** ALPN protocols to offer, in order of preference. */
  readonly offer: readonly Protocol[];
  /** For errors. */
  readonly url: string;
  /** Hears of attempts and phases, and is asked before the first byte goes over TLS. */
  readonly call: Call;
  /** Aborts with a NetworkError. */
  readonly signal: AbortSignal;
  /** Called when the application is asked for the first time. */
  readonly asking?: (() => void) | undefined;
}

/** A connection that is up. Errors of it have a listener. */
export interface Dialed {
  readonly socket: Wire;
  /** Where its bytes arrive. HTTP/2 takes them from the socket. */
  readonly inbox: Inbox;
  readonly protocol: Protocol;
  /** Null in cleartext. */
  readonly security: ConnectionSecurity | null;
  /** The proxy at its other end, which is asked by absolute URLs. */
  readonly forwarder: ProxyServer | null;
}

export interface DialerOptions {
  /** Resolves host names in place of `dns.lookup`; asked for all addresses. */
  readonly lookup?: LookupFunction | undefined;
  /** Milliseconds for name, connection, tunnels and TLS together, without questions. @default 30 000 */
  readonly connectTimeout?: number | undefined;
  /** Which addresses may be connected to, whatever the request says. @default all */
  readonly addressFilter?: AddressFilter | undefined;
  /** @default those that there are */
  readonly routeKinds?: RouteKinds | undefined;
}

/**
 * How often a dial may begin again: more often than its steps do, each of which has a bound of its own, and the reason for it in its
 * error. A proxy is answered as often as credentials may be asked for (`maximumAuthenticationAttempts`, at most 255) and twelve
 * times more (`src/auth/rounds.ts`), SOCKS goes to four addresses, a pre-shared key is asked for once.
 */
const MOST_AGAIN = 300;

/**
 * Opens connections. A dial is a list of steps over a value, {@link Reached}:
 *
 *     (pre-shared-key) → resolve → (guard) → connect → (tunnel …) → secure → approve → negotiate
 *
 * `pre-shared-key` asks for what may stand in place of certificates, `resolve` finds the addresses of the origin or of the
 * first machine on the way, `guard` asks which of them are allowed where the application wants to say so, `connect` races
 * them, each tunnel asks the machine that is connected for the next one, `secure` runs TLS with the origin through
 * all of it, `approve` shows the application what was agreed, `negotiate` tells what is spoken. Which of them there are
 * follows from endpoint and route alone. A step takes the value and gives the next one, or says that the dial has to begin
 * again with what it has learned.
 *
 * A dial has one owner for what is open: the step that opens it until it returns, then this class, and the caller when all
 * steps have been taken. So a dial that ends early, for whatever reason, leaves nothing open behind it.
 */
export class Dialer {
  readonly #resolver: Resolver;
  readonly #connectTimeout: number;
  readonly #filters: readonly AddressFilter[];
  readonly #routeKinds: RouteKinds;
  readonly #sessions = new TlsSessions();
  readonly #keys = new PreSharedKeys();

  constructor({
    lookup,
    connectTimeout = CONNECT_TIMEOUT,
    addressFilter,
    routeKinds = ROUTE_KINDS,
  }: DialerOptions = {}) {
    this.#resolver = new Resolver(lookup);
    this.#connectTimeout = connectTimeout;
    this.#filters = addressFilter === undefined ? [] : [addressFilter];
    this.#routeKinds = routeKinds;
  }

  /** @throws NetworkError from the table of Node's errors, or the reason of the signal */
  async dial(dial: Dial): Promise<Dialed> {
    const { endpoint, offer, url, call, signal } = dial;
    const time = new DialTime(signal, this.#connectTimeout, call.clock, url);
    const dialing: Dialing = {
      endpoint,
      offer,
      url,
      call,
      signal: time.signal,
      ask: (question) => dialing.standStill(() => ask(call, question)),
      standStill: async (waiting) => {
        time.stop();
        dial.asking?.();
        call.idle?.pause();
        try {
          return await abortable(waiting(), signal);
        } finally {
          call.idle?.resume();
          time.start();
        }
      },
    };
    try {
      return dialed(await walk(this.#stepsFor(endpoint, offer), dialing), endpoint);
    } catch (cause) {
      throw networkFailure(cause, url);
    } finally {
      time.end();
    }
  }

  #stepsFor(endpoint: Endpoint, offer: readonly Protocol[]): Step[] {
    const { route, tls, filter, local } = endpoint;
    const kind = this.#routeKinds.get(route.kind);
    if (kind === undefined) throw new TypeError(`no kind of route is called '${route.kind}'`);
    const hop = kind.hop(route);
    const filters = filter === null ? this.#filters : [...this.#filters, filter];
    const tunnel = kind.tunnel(route, {
      resolver: this.#resolver,
      filters,
      sessions: this.#sessions,
    });
    const via = hop !== null ? 'proxy' : local ? 'local' : 'direct';
    const isLast = tunnel.length === 0 && tls === null && !offer.includes('h2');
    const toHop = [
      resolveStep(this.#resolver, hop),
      ...(filters.length === 0 ? [] : [guardStep(filters, hop ?? endpoint, via)]),
      connectStep(isLast),
      ...tunnel,
    ];
    const found: DialedKey = { key: null };
    return [
      ...(tls === null ? [] : [preSharedKeyStep(this.#keys, found)]),
      ...(route.kind === 'direct' ? toHop : toHop.map((step) => towardsProxy(step, route.proxy))),
      ...(tls === null ? [] : [secureStep(tls, this.#sessions, this.#keys, found), approveStep]),
      negotiateStep,
    ];
  }
}

async function walk(steps: readonly Step[], dialing: Dialing): Promise<Reached> {
  let reached = NOTHING_REACHED;
  let again = 0;
  try {
    for (let index = 0; index < steps.length; index++) {
      const next = await steps[index]!.take(reached, dialing);
      if (next === AGAIN) {
        if (++again > MOST_AGAIN) throw tooOften(steps[index]!, dialing);
        reached.wire?.destroy();
        reached = NOTHING_REACHED;
        index = -1;
      } else {
        reached = next;
      }
      dialing.signal.throwIfAborted();
    }
    return reached;
  } catch (error) {
    reached.wire?.destroy();
    throw error;
  }
}

function dialed({ wire, inbox, protocol, security }: Reached, { route }: Endpoint): Dialed {
  const forwarder = route.kind === 'forward' ? route.proxy : null;
  return { socket: wire!, inbox: inbox ?? new StreamInbox(wire!), protocol: protocol!, security, forwarder };
}

function tooOften({ name }: Step, { url }: Dialing): NetworkError {
  const words = `the connection had to begin again too often (${name})`;
  return new NetworkError('unknown-network', words, { url });
}

/** Finds out what the connection speaks: what TLS has negotiated, or what was going to be spoken anyway. */
const negotiateStep: Step = {
  name: 'negotiate',
  take(reached, { offer }): Reached {
    const negotiated = reached.security?.applicationProtocol;
    if (negotiated === 'h2') return { ...reached, protocol: 'h2' };
    // A server that knows nothing of ALPN speaks what was offered alone, or else HTTP/1.1 (RFC 9113 §3.2).
    return { ...reached, protocol: offer.length === 1 ? offer[0]! : 'http/1.1' };
  },
};
