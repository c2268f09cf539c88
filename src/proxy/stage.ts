import type { Authenticating, AuthenticatingServer, ProxiedExchange } from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import type { ManagerSettings } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import {
  DIRECT,
  type ProxyPart,
  type ProxyRouting,
  type ProxyServer,
  type ProxySettings,
  type Route,
  type RoutePlan,
  type Routes,
} from '../call/route.ts';
import type { Next } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import type { ProxyExplanation, ProxyQuery, ShownProxy } from '../options/proxy.ts';
import { systemClock } from '../util/clock.ts';
import { isPromise } from '../util/is-promise.ts';
import { withoutFragment } from '../util/url.ts';
import { type Choosing, chooseByAnswer, chooseBySetting, type ProxySources } from './choose.ts';
import { DeadProxies } from './dead-proxies.ts';
import type { Choice } from './environment.ts';
import { behindFactory, type OwnFactory } from './own-factory.ts';
import { fieldsForHop, fieldsForProxies, hasOwnAuthorization, withoutProxyFields } from './proxy-fields.ts';
import { authenticatingProxy } from './proxy-server.ts';
import { forwarderOf, keyOf, Plan, proxyOf, routeThrough } from './routes.ts';
import { NO_PROXY } from './setting.ts';

/**
 * Gives each hop of a request the ways that it may go, chosen anew for each. Fields that are for a proxy (`Proxy-*`) go with
 * the way, and to no origin.
 */
export class Proxies implements ProxyPart {
  readonly #sources: ProxySources;
  readonly #dead = new DeadProxies();
  readonly #asked = new Set<OwnFactory>();
  readonly #told = new WeakMap<Call, ReadonlySet<string | null>>();

  constructor(sources: ProxySources) {
    this.#sources = sources;
  }

  under(settings: ProxySettings): ProxyRouting {
    const authenticating = settings.authentication?.under(settings) ?? null;
    return {
      name: 'proxy',
      outgoing: (request, call) => this.#route(request, settings, authenticating, call),
      handle: (request, next, call) =>
        authenticating !== null && request.plan instanceof Plan
          ? sendByPlan(authenticating, request, request.plan, next, call)
          : null,
    };
  }

  async explain(asked: HttpRequest, settings: ManagerSettings): Promise<ProxyExplanation> {
    const { preloadedTopLevelDomains, strictTransportSecurity, strictTransportSecurityEnabled } = settings;
    const security = strictTransportSecurityEnabled ? strictTransportSecurity : null;
    await security?.ready;
    const request = { ...asked, url: security?.upgrade(asked.url, preloadedTopLevelDomains) ?? asked.url };
    const choice = goesThroughProxies(request, settings)
      ? await this.#choose(request, settings, (run) => run())
      : { proxies: NO_PROXY, rule: `${request.url.scheme}: never through a proxy` };
    const now = (settings.clock ?? systemClock).monotonic();
    const usable = choice.proxies.filter((proxy) => routeThrough(proxy, carried(request)) !== null);
    const tried = this.#dead.order(usable, keyOf, now).map((proxy) => this.#shown(proxy, now));
    return { chosen: tried[0] ?? null, tried, rule: choice.rule };
  }

  close(): void {
    for (const factory of this.#asked) factory.leave(this);
    this.#asked.clear();
    this.#sources.close();
  }

  #route(
    request: HttpRequest,
    settings: ProxySettings,
    authenticating: Authenticating | null,
    call: Call,
  ): HttpRequest | Promise<HttpRequest> {
    if (settings.schemes.has(request.url.scheme)) return request;
    const fields = fieldsForProxies(request.headers);
    const stripped = fields === null ? request : { ...request, headers: withoutProxyFields(request.headers) };
    if (!this.#isAsked(request, settings)) return stripped;
    const planned = (choice: Choice): HttpRequest => {
      const routes = this.#routesOf(request, choice, fields, call);
      const isDirect = routes.length === 1 && routes[0].kind === 'direct';
      const { proxyRetryDelay } = settings;
      call.proxyRounds = authenticating === null ? null : roundsOf(authenticating, request);
      const plan = isDirect
        ? DIRECT_PLAN
        : new Plan(routes, this.#dead, call.clock, proxyRetryDelay, authenticating?.identity ?? '');
      return withPlan(stripped, plan);
    };
    const choosing = this.#choose(request, settings, (run) => call.inContext(run));
    return isPromise(choosing) ? call.wait(choosing).then(planned) : planned(choosing);
  }

  /** Most managers have no proxy at all. */
  #isAsked(request: HttpRequest, settings: ProxySettings): boolean {
    const { options, own } = request;
    if (!goesThroughProxies(request, settings)) return false;
    if (own.proxy === undefined && settings.proxyFactory !== null) return true;
    return (
      options.proxy !== 'none' && (options.proxy !== 'default' || this.#sources.applicationProxy() !== 'none')
    );
  }

  /** @throws NetworkError proxy-not-found */
  #choose(
    request: HttpRequest,
    { proxyFactory }: ProxySettings,
    inContext: <Value>(run: () => Value) => Value,
  ): Choosing {
    const { options, own } = request;
    const isOwn = own.proxy !== undefined;
    const query = queryOf(request);
    const failed = (cause: unknown): never => {
      throw notFound(request, isOwn || proxyFactory === null ? '' : 'the factory has failed: ', cause);
    };
    try {
      if (proxyFactory !== null && !isOwn) {
        const own = behindFactory(proxyFactory);
        if (own !== null) return this.#ask(own, query).catch(failed);
        const answer = inContext(() => proxyFactory(query));
        return Promise.resolve(answer)
          .then((given) => chooseByAnswer(given, query, this.#sources))
          .catch(failed);
      }
      const whose = isOwn ? 'proxy of the request' : 'proxy of the manager';
      const choosing = chooseBySetting(options.proxy, whose, query, this.#sources);
      return isPromise(choosing) ? choosing.catch(failed) : choosing;
    } catch (cause) {
      return failed(cause);
    }
  }

  #ask(factory: OwnFactory, query: ProxyQuery): Promise<Choice> {
    this.#asked.add(factory);
    return factory.choose(query, this);
  }

  /** @throws NetworkError proxy-not-found where none of them can carry the request */
  #routesOf(
    request: HttpRequest,
    { proxies, rule }: Choice,
    fields: readonly string[] | null,
    call: Call,
  ): Routes {
    const told = fields === null ? null : this.#toldBy(call, proxies);
    const usable = proxies
      .map((proxy) => routeThrough(withFields(proxy, fields, told), carried(request)))
      .filter((route) => route !== null);
    const now = call.clock.monotonic();
    const [first, ...rest] = this.#dead.order<Route>(usable, (route) => keyOf(proxyOf(route)), now);
    if (first !== undefined) return [first, ...rest];
    throw notFound(request, `none that was chosen can carry ${request.url.scheme} (${rule})`);
  }

  /** The proxies of the first hop, which its fields are for. */
  #toldBy(call: Call, proxies: Choice['proxies']): ReadonlySet<string | null> {
    const told = this.#told.get(call) ?? new Set(proxies.map(keyOf));
    this.#told.set(call, told);
    return told;
  }

  #shown(proxy: ProxyServer | null, now: number): ShownProxy {
    if (proxy === null) return { type: 'none', host: null, port: null, isEncrypted: false, isAvoided: false };
    const { type, host, port, tls } = proxy;
    const isAvoided = this.#dead.isAvoided(keyOf(proxy)!, now);
    return { type, host, port, isEncrypted: tls !== null, isAvoided };
  }
}

/** With a proxy that opens a tunnel. Null where the application has said itself what it is told. */
function roundsOf({ rounds }: Authenticating, request: HttpRequest): Call['proxyRounds'] {
  return (proxy, call) =>
    hasOwnAuthorization(proxy) ? null : rounds(authenticatingProxy(proxy), request, call);
}

/** Sends a request by its ways, and answers the proxies that are asked by absolute URLs. Null: none is, or nothing answers them. */
function sendByPlan(
  authenticating: Authenticating,
  request: HttpRequest,
  plan: Plan,
  next: Next,
  call: Call,
): Promise<HttpResponse> | null {
  const forwarders = plan.routes.map(forwarderOf);
  if (forwarders.every((proxy) => proxy === null || hasOwnAuthorization(proxy))) return null;
  for (const proxy of forwarders) if (proxy !== null) plan.authorize({ proxy, value: null });
  const servers = new Map(forwarders.map((proxy) => [proxy, serverOf(proxy)]));
  const exchange: ProxiedExchange = {
    first: servers.get(forwarders[0]!) ?? null,
    answered: () => servers.get(forwarderOf(plan.used)) ?? null,
    telling(ready, server, value) {
      const proxy = forwarders.find((one) => servers.get(one) === server)!;
      plan.authorize({ proxy, value });
      // A leg of a handshake has lost its plan with its body.
      return ready.plan === plan ? ready : { ...ready, plan };
    },
  };
  return authenticating.sendByProxy(exchange, request, next, call);
}

function serverOf(proxy: ProxyServer | null): AuthenticatingServer | null {
  return proxy === null || hasOwnAuthorization(proxy) ? null : authenticatingProxy(proxy);
}

/** What the application answers itself, and local sockets, are asked of no proxy. */
function goesThroughProxies({ url: { scheme } }: HttpRequest, { schemes }: ProxySettings): boolean {
  return (scheme === 'http' || scheme === 'https') && !schemes.has(scheme);
}

const DIRECT_PLAN: RoutePlan = {
  routes: [DIRECT],
  lane: null,
  identity: '',
  used: DIRECT,
  authorizationFor: () => null,
  report: () => {},
};

function carried({ url, options }: HttpRequest): { readonly needsTunnel: boolean } {
  return { needsTunnel: url.scheme === 'https' || options.http2Direct };
}

/** Field by field: to spread an object and add to it takes five times as long. */
function withPlan(request: HttpRequest, plan: RoutePlan): HttpRequest {
  const { method, url, headers, body, options, own, parts } = request;
  return parts === undefined
    ? { method, url, headers, body, options, own, plan }
    : { method, url, headers, body, options, own, parts, plan };
}

/** Fields of a request make the way another one: its connection is shared with none that has not the same. */
function withFields(
  proxy: ProxyServer | null,
  fields: readonly string[] | null,
  told: ReadonlySet<string | null> | null,
): ProxyServer | null {
  if (proxy === null || fields === null) return proxy;
  const own = fieldsForHop(fields, told?.has(keyOf(proxy)) ?? true);
  return { ...proxy, fields: [...proxy.fields, ...own] };
}

function notFound({ url }: HttpRequest, what: string, cause?: unknown): NetworkError {
  const shown = withoutFragment(url);
  const why = cause === undefined ? '' : cause instanceof Error ? cause.message : String(cause);
  return new NetworkError('proxy-not-found', `no proxy for ${shown}: ${what}${why}`, { url: shown, cause });
}

/** What a proxy is to be chosen for. */
function queryOf({ url, options }: HttpRequest): ProxyQuery {
  const { hostname, port, scheme } = url;
  return {
    url: withoutFragment(url),
    peerHost: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    peerPort: port,
    scheme: scheme as ProxyQuery['scheme'],
    protocolTag: scheme,
    attributes: options.attributes,
  };
}
