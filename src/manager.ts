import type { ManagerOptions, ManagerSettings } from './call/parts.ts';
import { refusal } from './call/refusal.ts';
import type { HttpRequest } from './call/request.ts';
import type { ProxyPart } from './call/route.ts';
import { type StrictTransportSecurityPolicy, securityOf } from './call/security-part.ts';
import type { Next } from './call/stage.ts';
import { refuseSurplus } from './checks/surplus.ts';
import { Connections } from './connections.ts';
import type { ServerSentEvent } from './event-stream/event-stream-parser.ts';
import { type EventOptions, serverSentEvents } from './event-stream/server-sent-events.ts';
import type { BodyInput } from './message/body-input.ts';
import type { NetworkClient } from './network-client.ts';
import { resolveUrl } from './options/base-url.ts';
import type { NetworkRequest, RequestInput } from './options/options.ts';
import type { ProxyExplanation } from './options/proxy.ts';
import { requestSources } from './pipeline/sources.ts';
import type { Platform } from './platform.ts';
import { fetchThrough, type StartRequest } from './reply/fetch-through.ts';
import type { Operation } from './reply/operation.ts';
import { closedSource, managerClosed, pipelineSource } from './reply/pipeline-source.ts';
import { NetworkReply } from './reply/reply.ts';
import type { ReplyCore } from './reply/reply-core.ts';
import type { RelayedReply, ReplyRelay } from './reply/reply-relay.ts';
import type { ReplyOwner } from './reply/reply-signals.ts';
import type { ReplySource } from './reply/reply-source.ts';
import { ReplyState } from './reply/reply-state.ts';
import { clockOf, DEFAULT_SETTINGS } from './resolve-options.ts';
import { resolveRequest, toNetworkRequest } from './resolve-request.ts';
import { SecurityStore } from './security-store.ts';
import { extendedBy, Settings } from './settings.ts';
import type { SilenceWatch } from './timeout/silence-watch.ts';
import { systemClock } from './util/clock.ts';
import { ActiveSet } from './util/collections.ts';
import { canonicalScheme } from './util/url.ts';
import { OWNER } from './verbs.ts';

/**
 * Owns an application's requests: makes them, queues them and knows what they share. It is a switchboard; every rule is
 * a stage of the pipeline.
 *
 * Qt: https://doc.qt.io/qt-6/qnetworkaccessmanager.html; every member is compared in docs/qt-mapping.md.
 */
export class Manager extends Settings implements NetworkClient {
  readonly #platform: Platform;
  readonly #defaults: ManagerSettings;
  readonly #sourceFor: ReturnType<typeof requestSources>;
  readonly #running = new ActiveSet<ReplyCore>();
  readonly #connections: Connections;
  /** What answers requests, and the settings that it was made for. */
  #current: { readonly settings: ManagerSettings; readonly source: ReplySource } | null = null;
  readonly #securityStore = new SecurityStore();
  readonly #proxies: ProxyPart | null;
  readonly #extended: Manager | null;
  readonly #silence: SilenceWatch | undefined;
  /** Called when the manager closes: ends what waits and is no reply. */
  readonly #closing = new Set<() => void>();
  override readonly [OWNER]: ReplyOwner<NetworkReply> = {
    finished: (reply) => {
      if (this.listenerCount('finished') > 0) reply.inContext(() => this.emit('finished', reply));
    },
    ask: (signal, ...given) => this.ask(signal, ...(given as [never, never])),
    listens: (signal) => this.listenerCount(signal) > 0,
    authenticator: (challenge) => this.settings.authentication?.authenticator(challenge),
    fault: (error) => this.#onFault(error),
    behind: (request, run) => this.#behind(request, run),
  };
  readonly #startVerb: StartRequest = (verb, request, body) => this.sendCustomRequest(request, verb, body);
  readonly #onFault = (fault: Error): void => {
    if (!this.emit('faultOccurred', fault)) console.warn(fault);
  };

  /** @internal Each platform has a subclass of its own. */
  constructor(platform: Platform, options: ManagerOptions) {
    const extended = extendedBy(options) as Manager | null;
    const defaults =
      extended === null
        ? { ...DEFAULT_SETTINGS, ...platform.defaults?.(clockOf(options)) }
        : extended.#defaults;
    super(options, defaults, platform);
    this.#extended = extended;
    this.#platform = platform;
    this.#defaults = defaults;
    const theirs = extended === null ? null : extended.#connections;
    const connections = new Connections(platform, () => this.settings, theirs);
    this.#connections = connections;
    const { SilenceWatch: Watch } = platform;
    const clock = this.settings.clock ?? systemClock;
    if (Watch !== undefined) this.#silence = new Watch(this.#running, this.#onFault, clock);
    this.#sourceFor = requestSources(platform, (settings) => connections.queueFor(settings));
    // Which proxies have failed is known to all that share connections.
    this.#proxies = extended === null ? (platform.rules.proxies?.() ?? null) : extended.#proxies;
  }

  /** A WHATWG fetch over this manager, for any library that takes one; bound, so it may be passed on as it is. */
  readonly fetch = (
    ...args: [input: string | URL | Request, init?: RequestInit | null | undefined]
  ): Promise<Response> => {
    const { settings: options } = this;
    const { takesRequests = false } = this.#platform;
    const parseUrl = (url: string | URL) => resolveUrl(url, options, this.#platform.parseUrl);
    // A transport of the application's is no fetch of the platform's.
    const own = takesRequests && options.transport === null;
    return fetchThrough({ options, parseUrl, takesRequests: own, start: this.#startVerb }, args);
  };

  /**
   * The server-sent events of a stream, as they arrive; leaving the loop ends the request. With `reconnect` the stream is asked
   * for again when its connection is lost. Rejects like `reply.lines()`, and for an answer that is no event stream.
   *
   * WHATWG: https://html.spec.whatwg.org/multipage/server-sent-events.html
   */
  events(
    request: RequestInput,
    options?: EventOptions,
    ...surplus: never[]
  ): AsyncGenerator<ServerSentEvent, void, undefined> {
    refuseSurplus('events', surplus);
    const { clock } = this.settings;
    const of = { client: this, clock: clock ?? systemClock, isClosed: () => this.isClosed };
    return serverSentEvents(of, toNetworkRequest(request), options);
  }

  /** @internal It is closed, or one that it extends. */
  get isClosed(): boolean {
    return this.#connections.isClosed || (this.#extended?.isClosed ?? false);
  }

  /** @internal When it is closed, or one that it extends. Returns what takes that back. */
  whenClosed(callback: () => void): () => void {
    this.#closing.add(callback);
    const forget = this.#extended?.whenClosed(callback);
    return () => {
      this.#closing.delete(callback);
      forget?.();
    };
  }

  /** Schemes that requests may have. A subclass that answers more of them overrides this, too. */
  supportedSchemes(): string[] {
    const { localSockets } = this.#connections.transportFor(this.settings).capabilities;
    const ofTransport = ['http', 'https', ...(localSockets ? ['unix+http', 'local+http'] : [])];
    const all = new Set([...ofTransport, ...this.#platform.schemes.keys(), ...this.schemes.keys()]);
    const { allowedSchemes } = this;
    return [...all].filter((scheme) => allowedSchemes?.includes(canonicalScheme(scheme)) ?? true);
  }

  /**
   * Which proxy a GET of that URL would go through now, and what has decided that. Nothing is sent.
   * @throws NetworkError proxy-not-found where none can be chosen; protocol-invalid-operation in a page
   */
  async explainProxy(url: string | URL): Promise<ProxyExplanation> {
    const { settings } = this;
    const request = this.resolveRequest('get', { url });
    const { capabilities } = this.#connections.transportFor(settings);
    if (this.#proxies !== null && capabilities.proxy) return this.#proxies.explain(request, settings);
    throw refusal(request, capabilities, 'proxy', 'explainProxy()');
  }

  /** Drops every connection. What is in flight ends with operation-canceled. */
  clearConnectionCache(): void {
    this.#connections.clear();
  }

  /** Drops every connection, and credentials that were learned. Cookies, cache and HSTS stay. */
  clearAccessCache(): void {
    this.settings.authentication?.clear();
    this.clearConnectionCache();
  }

  /** Adds HSTS policies; an expired one removes its host. Works while {@link strictTransportSecurityEnabled} is off. */
  addStrictTransportSecurityHosts(policies: Iterable<StrictTransportSecurityPolicy>): void {
    securityOf(this.settings).addHosts(policies);
  }

  /** The HSTS policies that hold now. */
  strictTransportSecurityHosts(): StrictTransportSecurityPolicy[] {
    return this.settings.strictTransportSecurity?.hosts() ?? [];
  }

  /** HSTS hosts are kept in a store. */
  get isStrictTransportSecurityStoreEnabled(): boolean {
    return this.settings.strictTransportSecurity?.storeEnabled ?? false;
  }

  /**
   * Keeps the HSTS hosts in a file (Node) or in IndexedDB (a page), or stops doing so. Resolves when the stored hosts
   * are loaded, for which requests made meanwhile wait. What is known already wins over what is stored.
   * @param storeDir directory of the file. Default: the user's cache directory. Not in a page
   */
  async enableStrictTransportSecurityStore(enabled: boolean, storeDir?: string): Promise<void> {
    await this.#securityStore.enable(securityOf(this.settings), enabled, storeDir, this.#onFault);
  }

  /**
   * Fails what is in flight and lets go of every connection. Later requests end with operation-canceled at once. What
   * `extend` shares is left to the manager that was extended.
   */
  async close(): Promise<void> {
    this.#connections.refuse();
    for (const core of [...this.#running]) core.cancel(managerClosed(core.reply.request), true);
    for (const callback of [...this.#closing]) callback();
    this.#silence?.stop();
    if (this.#extended === null) this.#proxies?.close();
    // Together: what is the application's own may fail, and keeps no other from ending.
    await Promise.all([
      this.#connections.close(),
      this.#securityStore.leave(),
      this.settings.strictTransportSecurity?.flush(),
      this.settings.cookieJar?.flush?.(),
    ]);
  }

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Makes the reply of every request: all verbs and `fetch` come through here. Override it to look at requests, change
   * them on the way to `super.createRequest`, or answer them with `NetworkReply.from(this.resolveRequest(…), …)`.
   *
   * @param request always the object form; `method` is set for the operation `custom`
   * @throws TypeError for a request that cannot be sent as it stands
   */
  protected override createRequest(
    operation: Operation,
    request: NetworkRequest,
    body?: BodyInput | null,
  ): NetworkReply {
    this.#silence?.watch();
    return NetworkReply.create({
      operation,
      request: this.resolveRequest(operation, request, body),
      source: this.#source(this.settings),
      underWay: this.#running,
    });
  }

  /**
   * The request as it would be sent, with the options of this manager: what `NetworkReply.from` takes.
   * @throws TypeError for a request that cannot be sent as it stands
   */
  protected resolveRequest(
    operation: Operation,
    request: NetworkRequest,
    body?: BodyInput | null,
  ): HttpRequest {
    const { requestOptions: options, headers } = this;
    return resolveRequest(operation, request, body, { options, headers, platform: this.#platform });
  }

  /** @internal A request of another side of a port, which is told and asked all that happens to it. */
  startRelayed(
    operation: Operation,
    request: NetworkRequest,
    body: BodyInput | null,
    relay: ReplyRelay,
  ): RelayedReply {
    const reply = this.createRequest(operation, request, body).attach(this[OWNER]);
    const core = ReplyState.coreOf(reply);
    core.relay = relay;
    return { reply, control: core };
  }

  /** As a reply of its own. The manager's signals do not tell of it; only its questions are asked. */
  async #behind(request: HttpRequest, run: Next): Promise<void> {
    const source = pipelineSource(run, this.#source(this.settings));
    const reply = NetworkReply.create({ operation: 'get', request, source, underWay: this.#running });
    reply.attach({ ...this[OWNER], finished: () => {}, ask: this.#askBehind });
    await reply.completed.catch(() => {});
  }

  /** No reply tells of a listener that fails in the background, so it is a fault. */
  readonly #askBehind: ReplyOwner<NetworkReply>['ask'] = (signal, ...given) => {
    const asked = this.ask(signal, ...(given as [never, never]));
    asked?.catch((cause: unknown) =>
      this.#onFault(cause instanceof Error ? cause : new Error(String(cause))),
    );
    return asked;
  };

  /** What answers requests under these settings, made when they have changed since the last one. */
  #source(settings: ManagerSettings): ReplySource {
    if (this.#connections.isClosed) return closedSource;
    if (this.#current?.settings !== settings) {
      const source = this.#sourceFor({
        settings,
        defaults: this.#defaults,
        transport: this.#connections.transportFor(settings),
        schemes: new Map([...this.#platform.schemes, ...settings.schemes]),
        proxies: this.#proxies,
      });
      this.#current = { settings, source };
    }
    return this.#current.source;
  }
}
