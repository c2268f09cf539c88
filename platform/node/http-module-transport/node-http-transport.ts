// The modules' own objects, whose functions tools for tests and tracing (nock, msw, instrumentations) replace.
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type * as tls from 'node:tls';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { Transport } from '../../../src/call/transport.ts';
import {
  type Check,
  type Checks,
  CLOCK,
  checkOptions,
  FUNCTION,
  OBJECT,
  withMethods,
} from '../../../src/checks/checker.ts';
import { NetworkError } from '../../../src/error.ts';
import type { TlsOptions } from '../../../src/options/tls-options.ts';
import { pinsFor } from '../../../src/tls/certificate-pins.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { ActiveSet } from '../../../src/util/collections.ts';
import type { ParsedUrl } from '../../../src/util/url.ts';
import { networkFailure } from '../../common/network-failure.ts';
import { restartPhases } from '../connection-phases.ts';
import { CONNECT_TIMEOUT, CONNECT_TIMEOUT_CHECK, tookTooLong } from '../dial/dial-time.ts';
import { contextOptions } from '../dial/secure-context.ts';
import { materialFor } from '../dial/tls-identity.ts';
import { givenUp } from '../errors.ts';
import { SleepWatch } from '../http/sleep-watch.ts';
import { isTimeout } from '../is-timeout.ts';
import { nodeOptions } from '../node-options.ts';
import { Attempt } from './attempt.ts';
import { nodeHttpCapabilities } from './capabilities.ts';
import { KeptSockets } from './kept-sockets.ts';
import { requestFields } from './request-fields.ts';
import { MAXIMUM_HEAD } from './response-check.ts';
import { boundOpening } from './watch-socket.ts';

/** Which agents make the connections of a {@link NodeHttpTransport}, and its limits. */
export interface NodeHttpTransportOptions {
  /**
   * Agents to use in place of the transport's own (a proxy agent, an agent with a Unix socket). They stay the caller's:
   * `close()` and `clearConnections()` end the requests in flight and leave the agents' idle sockets alone.
   */
  readonly agents?: { readonly http?: http.Agent; readonly https?: https.Agent };
  /** Resolves host names in place of `dns.lookup`. */
  readonly lookup?: LookupFunction;
  /**
   * Milliseconds for opening a connection: name, connection and TLS together. `Infinity` for no bound but the system's.
   * @default 30 000
   */
  readonly connectTimeout?: number;
  /** Tells whether the machine has slept: then no connection of before is used. @default the system's */
  readonly clock?: Clock;
}

type Agents = NonNullable<NodeHttpTransportOptions['agents']>;

const CHECKS: Checks<NodeHttpTransportOptions> = {
  agents: OBJECT,
  lookup: FUNCTION,
  connectTimeout: CONNECT_TIMEOUT_CHECK,
  clock: CLOCK,
};
const AGENT: Check = withMethods('addRequest', 'destroy');
const AGENT_CHECKS: Checks<Agents> = { http: AGENT, https: AGENT };

/** Idle connections are closed after this many milliseconds, as in Qt; sooner when the server says so (`Keep-Alive`). */
const IDLE_CONNECTION = 120_000;

/** The queue limits connections; the agents only keep them. Their idle sockets never keep a process alive. */
const AGENT_OPTIONS: http.AgentOptions = Object.assign(Object.create(null), {
  keepAlive: true,
  timeout: IDLE_CONNECTION,
});

/** Sockets keep their agent alive, and nothing keeps the transport: when that is collected, nobody can send over them. */
const dropped = new FinalizationRegistry<readonly http.Agent[]>((agents) => {
  for (const agent of agents) {
    agent.maxFreeSockets = 0;
    destroyIdle(agent);
  }
});

/**
 * HTTP/1.1 over `node:http` and `node:https`.
 *
 * Certificates are always verified: `NODE_TLS_REJECT_UNAUTHORIZED` has no say, an agent of the caller's has.
 */
export class NodeHttpTransport implements Transport {
  readonly capabilities = nodeHttpCapabilities;
  readonly #ownAgents: readonly http.Agent[];
  readonly #httpAgent: http.Agent;
  readonly #httpsAgent: https.Agent;
  readonly #lookup: LookupFunction | undefined;
  readonly #connectTimeout: number;
  readonly #running = new ActiveSet<Attempt>();
  readonly #kept = new KeptSockets();
  readonly #sleep: SleepWatch;
  #closed = false;

  constructor(options: NodeHttpTransportOptions = {}) {
    const {
      agents,
      lookup,
      connectTimeout = CONNECT_TIMEOUT,
      clock = systemClock,
    } = checkOptions('NodeHttpTransport', options, CHECKS);
    const own = checkOptions<Agents>('NodeHttpTransport', agents, AGENT_CHECKS, 'agents.');
    const plain = new http.Agent(AGENT_OPTIONS);
    const secure = new https.Agent(AGENT_OPTIONS);
    this.#ownAgents = [plain, secure];
    this.#httpAgent = own.http ?? plain;
    this.#httpsAgent = own.https ?? secure;
    this.#lookup = lookup;
    this.#connectTimeout = connectTimeout;
    this.#sleep = new SleepWatch(clock);
    dropped.register(this, this.#ownAgents);
  }

  async send(request: HttpRequest, call: Call): Promise<HttpResponse> {
    call.throwIfCancelled();
    if (this.#closed) throw givenUp(request.url.href, 'the transport is closed');
    // What is idle in an agent was connected before, and nobody was there to hear of its end.
    if (this.#sleep.hasSlept()) for (const agent of [this.#httpAgent, this.#httpsAgent]) destroyIdle(agent);
    refusePins(request);
    restartPhases(call.timings);
    const first = this.#attempt(request, call);
    try {
      return await first.response;
    } catch (error) {
      // What is idle is as old as the connection that has just turned out to be silent.
      if (first.client.reusedSocket && call.cancelled !== null && isTimeout(call.cancelled))
        dropIdleSockets(this.#clientOptions(request, []));
      if (!first.isStale) throw error;
    }
    return this.#attempt(request, call, true).response;
  }

  clearConnections(): void {
    for (const attempt of this.#running) attempt.fail(givenUp(attempt.url, 'connections were cleared'));
    for (const agent of this.#ownAgents) agent.destroy();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.clearConnections();
  }

  #attempt(request: HttpRequest, call: Call, onFreshSocket = false): Attempt {
    const { pairs, bodyLength } = requestFields(request);
    const options = this.#clientOptions(request, pairs);
    if (onFreshSocket) dropIdleSockets(options);
    const client = openClient(request.url, options);
    const attempt: Attempt = new Attempt(request, call, client, bodyLength, this.#kept, () =>
      this.#running.remove(attempt),
    );
    this.#running.add(attempt);
    const limit = this.#connectTimeout;
    boundOpening(client, limit, call.clock, () => attempt.fail(tookTooLong(limit, attempt.url)));
    return attempt;
  }

  #clientOptions(request: HttpRequest, headers: readonly string[]): ClientOptions {
    const { url, method } = request;
    const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
    const secure = url.scheme === 'https';
    return nodeOptions('request', {
      agent: secure ? this.#httpsAgent : this.#httpAgent,
      method,
      host,
      port: url.port,
      path: url.target,
      headers,
      maxHeaderSize: MAXIMUM_HEAD,
      // Whatever the command line says: leniency is how requests are smuggled.
      insecureHTTPParser: false,
      ...(this.#lookup === undefined ? {} : { lookup: this.#lookup }),
      ...(secure ? tlsOptions(request, host) : {}),
    });
  }
}

type ClientOptions = Omit<https.RequestOptions, 'agent'> & { readonly agent: http.Agent };

/** The name that is verified never comes from a Host field: from the URL, or from `tls.servername`. */
function tlsOptions(request: HttpRequest, host: string): tls.ConnectionOptions {
  return {
    rejectUnauthorized: true,
    // An address is no SNI (RFC 6066 §3); Node then verifies against the host.
    servername: isIP(host) === 0 ? host : '',
    ...ownMaterial(request.options.tls, request.url),
  };
}

/** An agent tells of a connection when the request is on its way. @throws NetworkError */
function refusePins({ url, options: { certificatePins } }: HttpRequest): void {
  if (pinsFor(certificatePins, url.hostname) === null) return;
  const words = `certificatePins of ${url.hostname} cannot be kept over node:http: leave them to a SocketTransport`;
  throw new NetworkError('protocol-invalid-operation', words, { url: url.href, capability: 'tls' });
}

/** @throws NetworkError when it cannot be used */
function ownMaterial(tls: TlsOptions | null, { hostname, href }: ParsedUrl): tls.ConnectionOptions {
  if (tls === null) return {};
  const material = materialFor(tls, hostname, href);
  // Own properties only.
  const { servername, ALPNProtocols } = Object.assign(Object.create(null), material) as TlsOptions;
  if (ALPNProtocols?.includes('http/1.1') === false) {
    const words =
      'tls.ALPNProtocols is without http/1.1, and node:http speaks nothing else: leave it to a SocketTransport';
    throw new NetworkError('protocol-invalid-operation', words, { url: href, capability: 'http2' });
  }
  return { ...contextOptions(material), ...(servername === undefined ? {} : { servername }) };
}

function destroyIdle(agent: http.Agent): void {
  for (const socket of Object.values(agent.freeSockets ?? {}).flat()) socket?.destroy();
}

/** @throws NetworkError when the TLS material cannot be used */
function openClient(url: ParsedUrl, options: ClientOptions): http.ClientRequest {
  try {
    return url.scheme === 'https' ? https.request(options) : http.request(options);
  } catch (cause) {
    throw networkFailure(cause, url.href);
  }
}

/** Closes the kept-alive connections to a peer that has just closed one of them: the others are as old. */
function dropIdleSockets(options: ClientOptions): void {
  const { agent } = options;
  // The agent's own options win over the request's in its key; its types leave them out.
  const { options: own } = agent as { readonly options?: http.AgentOptions };
  const key = agent.getName({ ...options, ...own });
  for (const socket of agent.freeSockets[key] ?? []) socket.destroy();
}
