import type { Call } from '../../../../src/call/call.ts';
import type { TransportCapabilities } from '../../../../src/call/capabilities.ts';
import type { HttpRequest } from '../../../../src/call/request.ts';
import type { HttpResponse } from '../../../../src/call/response.ts';
import type { Transport } from '../../../../src/call/transport.ts';
import { type Checks, checkOptions, hasMethods, withMethods } from '../../../../src/checks/checker.ts';
import { NetworkError } from '../../../../src/error.ts';
import { ActiveSet } from '../../../../src/util/collections.ts';
import { electronNetCapabilities } from './capabilities.ts';
import { NetExchange } from './net-exchange.ts';
import type { ElectronNet } from './types.ts';

/** What `electronTransport` takes beside Electron's `net`. */
export interface ElectronTransportOptions {
  /** The session of Electron whose cookies, cache, proxies and certificates count. @default `session.defaultSession` */
  readonly session?: object;
}

const CHECKS: Checks<ElectronTransportOptions> = { session: withMethods('resolveProxy') };

/**
 * HTTP over Chromium's network (Electron's `net.request`), for those who need what it has: HTTP/3, the verifier, the client
 * certificates and the proxies of the system, single sign-on. Everything else that a manager does stays as it is: queue,
 * redirects, signals, errors, Basic, Digest and Bearer. What this transport hides stands in docs/capabilities.md, and a request
 * that asks for it is refused in words. The application must be ready (`app.whenReady()`) when the first request is sent.
 *
 *     new NetworkAccessManager({ transport: electronTransport(net) });
 *
 * @throws TypeError that names the option when it is unknown or ill-typed, and for what is no `net`
 */
export function electronTransport(net: ElectronNet, options?: ElectronTransportOptions): Transport {
  if (!hasMethods(net, ['request'])) throw new TypeError("electronTransport: expected Electron's net");
  return new ElectronTransport(net, checkOptions('electronTransport', options, CHECKS));
}

class ElectronTransport implements Transport {
  readonly capabilities: TransportCapabilities = electronNetCapabilities;
  readonly #net: ElectronNet;
  readonly #options: ElectronTransportOptions;
  readonly #running = new ActiveSet<NetExchange>();
  #isClosed = false;

  constructor(net: ElectronNet, options: ElectronTransportOptions) {
    this.#net = net;
    this.#options = options;
  }

  async send(request: HttpRequest, call: Call): Promise<HttpResponse> {
    call.throwIfCancelled();
    if (this.#isClosed) throw cleared();
    const exchange: NetExchange = new NetExchange(request, call, () => this.#running.remove(exchange));
    this.#running.add(exchange);
    exchange.begin(this.#net, this.#options);
    return exchange.response;
  }

  /** The connections themselves are the session's: `session.closeAllConnections()` closes them. */
  clearConnections(): void {
    for (const exchange of this.#running) exchange.fail(cleared());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.clearConnections();
  }
}

function cleared(): NetworkError {
  return new NetworkError('operation-canceled', 'connections were cleared');
}
