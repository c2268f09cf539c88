import type { ManagerOnlyOptions, ManagerOptions, ManagerSettings } from './call/parts.ts';
import {
  arrayOf,
  CLOCK,
  check,
  FUNCTION,
  hasMethods,
  isFunction,
  isNamed,
  isObject,
  isString,
  NAMED,
  OBJECT,
  oneOf,
  TEXT,
  TRUTH,
  wholeNumber,
  withMethods,
} from './checks/checker.ts';
import { illTyped, unknownOption } from './checks/option-errors.ts';
import { list, type Rule, type Rules } from './checks/option-rules.ts';
import { ownFetchWords } from './message/fetch-words.ts';
import { isToken } from './message/field-lexer.ts';
import { fieldValue, type HeadersInput, HttpHeaders } from './message/headers.ts';
import type {
  NetworkRequest,
  OwnOptions,
  RequestOnlyOptions,
  RequestOptions,
  SharedOptions,
} from './options/options.ts';
import { retryPolicy } from './options/retry-options.ts';
import { checkTimeouts, mergeTimeouts, NO_TIMEOUTS } from './options/timeouts.ts';
import { brandOf } from './util/brand.ts';
import { type Clock, systemClock } from './util/clock.ts';
import { concealed, concealedProxy, concealedTls } from './util/redaction.ts';
import { canonicalScheme, LOCAL_SOCKETS } from './util/url.ts';

const isMap = (value: unknown): value is Map<string, never> => brandOf(value) === 'Map';
const isScheme = (name: unknown): boolean => isString(name) && /^[a-z][a-z0-9+.-]*$/.test(name);
const toLowerCase = (name: string): string => name.toLowerCase();
const originOf = (url: string): string => new URL(url).origin;

const NUMBER = wholeNumber();
const ORIGINS = list('origins', (url) => URL.canParse(url) && originOf(url) !== 'null', originOf);
const FUNCTIONS: Rule<readonly never[]> = [
  Object.freeze([]),
  arrayOf('functions', isFunction),
  (list: readonly never[]) => Object.freeze([...list]),
];

const SHARED: Rules<SharedOptions> = {
  transferTimeout: [0, NUMBER],
  timeouts: [NO_TIMEOUTS, OBJECT, checkTimeouts],
  autoDeleteReplies: [false],
  redirectPolicy: ['no-less-safe', oneOf('manual', 'no-less-safe', 'same-origin', 'user-verified')],
  maximumRedirectsAllowed: [50, NUMBER],
  secretHeaders: list('field names', isToken, toLowerCase),
  trustedRedirectOrigins: ORIGINS,
  unencodedOrigins: ORIGINS,
  // What may be in TLS and proxies is for the platform that has them to say.
  tls: [null, NAMED, (tls: object) => Object.freeze(concealedTls({ ...tls }))],
  certificatePins: [null, NAMED, (pins: object) => Object.freeze({ ...pins })],
  proxy: [
    'default',
    check('a proxy, its URL or a word', (value) => isString(value) || isObject(value)),
    concealedProxy,
  ],
  http2Allowed: [true],
  http2Direct: [false],
  throwHttpErrors: [true],
  decompressedSafetyCheckThreshold: [10 * 1024 * 1024, wholeNumber(-1)],
  maximumBodySize: [null, NUMBER],
  retry: [
    false,
    check('true, false or an object', (value) => typeof value === 'boolean' || isObject(value)),
    retryPolicy,
  ],
  interceptors: FUNCTIONS,
  networkInterceptors: FUNCTIONS,
  useCredentials: [false],
  maximumCollectedUpload: [64 * 1024 * 1024, NUMBER],
  baseUrl: [
    null,
    check(
      'a URL without query and fragment',
      (url) => (isString(url) || brandOf(url) === 'URL') && !/[?#]/.test(String(url)),
    ),
    (url: string | URL) => String(url).replace(/\/?$/, '/'),
  ],
  allowAbsoluteUrls: [false],
};

const LOAD_CONTROL = oneOf('automatic', 'manual');

const REQUEST_ONLY: Rules<RequestOnlyOptions> = {
  priority: ['normal', oneOf('high', 'normal', 'low')],
  readBufferSize: [0, NUMBER],
  cacheLoadControl: [
    'prefer-network',
    oneOf('always-network', 'prefer-network', 'prefer-cache', 'always-cache'),
  ],
  cacheSaveControl: [true],
  cookieLoadControl: ['automatic', LOAD_CONTROL],
  cookieSaveControl: ['automatic', LOAD_CONTROL],
  authenticationReuse: ['automatic', LOAD_CONTROL],
  emitAllUploadProgressSignals: [false],
  uploadProgress: [false],
  duplex: [null, oneOf('half')],
  signal: [null, withMethods('addEventListener', 'removeEventListener')],
  attributes: [new Map(), check('a Map', isMap)],
  fetch: [null, OBJECT, ownFetchWords],
  siteForCookies: [null, check('a URL', (url) => isString(url) && URL.canParse(url))],
};

const MANAGER_ONLY: Rules<ManagerOnlyOptions> = {
  connectionsPerHost: [6, wholeNumber(1, 255)],
  multiplexedOrigins: ORIGINS,
  maximumConnections: [Number.POSITIVE_INFINITY, wholeNumber(1)],
  userAgent: ['', TEXT, (agent: string) => fieldValue('userAgent', agent)],
  headers: [new HttpHeaders().freeze(), OBJECT, (init: HeadersInput) => new HttpHeaders(init).freeze()],
  schemes: [new Map(), OBJECT, toSchemes],
  fetchSchemes: list('schemes', isScheme, canonicalScheme),
  allowedSchemes: orNull(list('schemes', isScheme, canonicalScheme)),
  transport: [null, withMethods('send', 'close')],
  uploadProgress: [null, withMethods('send', 'close')],
  proxyFactory: [null, FUNCTION],
  proxyRetryDelay: [30_000, NUMBER],
  addressFilter: [null, FUNCTION],
  clock: [null, CLOCK],
  cookieJar: [null, withMethods('cookiesForUrl', 'setCookiesFromUrl')],
  cache: [null, check('a cache', (value) => isObject(value) && 'stage' in value)],
  strictTransportSecurityEnabled: [false],
  preloadedTopLevelDomains: list(
    'top-level domains, as A-labels',
    (name) => /^[a-z][a-z0-9-]*$/i.test(name),
    toLowerCase,
  ),
  strictTransportSecurity: [null, withMethods('upgrade', 'addHosts')],
  authentication: [null, withMethods('under', 'clear')],
  credentials: [
    null,
    check('a function, or credentials by origin', (value) => isObject(value) || isFunction(value)),
    concealedCredentials,
  ],
  authenticationSchemes: orNull(list('schemes', isString, toLowerCase)) as Rule<null>,
  integratedAuthenticationHosts: list('hosts', isString, toLowerCase),
  allowBasicOverHttp: [true],
  maximumAuthenticationAttempts: [3, wholeNumber(1, 255)],
};

/** An option that has no value unless it is set. */
function orNull<Value>([, ...rest]: Rule<Value>): Rule<Value | null> {
  return [null, ...rest];
}

const REQUEST = { ...SHARED, ...REQUEST_ONLY };
const MANAGER = { ...SHARED, ...MANAGER_ONLY };

// Of these, bundlers leave out those that a client of a manager has no use for.
/** Names of everything that is an accessor of the manager. */
export const MANAGER_OPTION_NAMES: readonly string[] = /* @__PURE__ */ Object.keys(MANAGER);

/** Every option of a request at its default. */
export const DEFAULT_OPTIONS = /* @__PURE__ */ defaultsOf(REQUEST) as RequestOptions;
/** Every option of a manager at its default. */
export const DEFAULT_SETTINGS = /* @__PURE__ */ defaultsOf(MANAGER) as ManagerSettings;

function defaultsOf<Options>(rules: Rules<Options>): Options {
  const rows = Object.entries(rules) as [string, Rule<unknown>][];
  return Object.freeze(Object.fromEntries(rows.map(([name, [fallback]]) => [name, fallback]))) as Options;
}

/**
 * The options of a manager over `defaults`. Only own properties are read; `undefined` counts as not set.
 * @param hint what to say of an option that there is not
 * @throws TypeError that names the option when it is unknown or ill-typed
 */
export function resolveManagerOptions(
  options: ManagerOptions,
  defaults: ManagerSettings,
  hint?: OptionHint,
): ManagerSettings {
  return merge(options, defaults, MANAGER, [], hint);
}

/** What to do in place of an option that there is not, where that is known. */
export type OptionHint = (name: string) => string | undefined;

/** The options of a manager's requests that set none. */
export function requestDefaults(settings: ManagerSettings): RequestOptions {
  const options: Record<string, unknown> = { ...DEFAULT_OPTIONS };
  for (const name of Object.keys(SHARED)) options[name] = settings[name as keyof SharedOptions];
  return Object.freeze(options) as unknown as RequestOptions;
}

/** The clock that a manager is given, which the parts are made with that it has without being told. */
export function clockOf(options: ManagerOptions): Clock {
  const clock = isObject(options) && Object.hasOwn(options, 'clock') ? options.clock : null;
  return resolveManagerOptions({ clock }, DEFAULT_SETTINGS).clock ?? systemClock;
}

/** The options of a request over its manager's. Its other fields (`url`, `method`, `headers`) are the caller's. */
export function resolveRequestOptions(
  request: NetworkRequest,
  defaults: RequestOptions,
  hint?: OptionHint,
): RequestOptions {
  const merged = merge(request, defaults, REQUEST, REQUEST_FIELDS, hint);
  const adds = (name: (typeof LISTS)[number]) => merged[name] !== defaults[name] && defaults[name].length > 0;
  return merged !== defaults && LISTS.some(adds) ? withBoth(merged, defaults) : merged;
}

/** Lists that a request adds to, instead of replacing them. */
const LISTS = ['interceptors', 'networkInterceptors'] as const;

function withBoth(merged: RequestOptions, defaults: RequestOptions): RequestOptions {
  const added = LISTS.map((name) => {
    const isOwn = merged[name] !== defaults[name];
    return [name, isOwn ? [...defaults[name], ...merged[name]] : merged[name]];
  });
  return Object.freeze({ ...merged, ...Object.fromEntries(added) });
}

/** What a request has beside options. */
const REQUEST_FIELDS: readonly string[] = ['url', 'method', 'headers', 'json', 'searchParams'];

/** Of the options that hold for a request, those that it has set itself. */
export function ownOptions(request: NetworkRequest, options: RequestOptions): OwnOptions {
  let own: Record<string, unknown> | null = null;
  for (const name of Object.keys(request)) {
    if (request[name as never] === undefined || !Object.hasOwn(REQUEST, name) || LIVE.includes(name))
      continue;
    own ??= {};
    // Those that were merged are in force here alone: where the request goes, others may hold beneath its own.
    own[name] = name === 'timeouts' ? checkTimeouts(request.timeouts!) : options[name as never];
  }
  return own === null ? NOTHING : Object.freeze(own);
}

/** Objects of the application. */
const LIVE: readonly string[] = ['signal', 'attributes', 'interceptors', 'networkInterceptors'];
const NOTHING: OwnOptions = Object.freeze({});

function merge<Options>(
  from: object,
  defaults: Options,
  rules: Readonly<Record<string, Rule<unknown>>>,
  skipped: readonly string[],
  hint?: OptionHint,
): Options {
  if (!isNamed(from)) throw new TypeError('expected an object of options');
  let merged: Record<string, unknown> | null = null;
  for (const name of Object.keys(from)) {
    if (skipped.includes(name)) continue;
    if (!Object.hasOwn(rules, name))
      throw unknownOption('', '', name, [...Object.keys(rules), ...skipped], otherHome(name, rules, hint));
    const value: unknown = from[name as never];
    if (value === undefined) continue;
    const [fallback, { expected, accepts } = TRUTH, normalise] = rules[name]!;
    const isLeftOut = value === null && fallback === null;
    if (!isLeftOut && !accepts(value))
      throw illTyped('', name, `${expected}${fallback === null ? ', or null' : ''}`);
    merged ??= { ...(defaults as Record<string, unknown>) };
    merged[name] = isLeftOut || !normalise ? value : normalise(value as never);
  }
  if (merged === null) return defaults;
  mergeTimeouts(merged as never, defaults as never, from);
  return Object.freeze(merged) as Options;
}

/** What to say of an option that there is, but not here. */
function otherHome(name: string, rules: object, hint?: OptionHint): string | undefined {
  if (rules === REQUEST && Object.hasOwn(MANAGER, name)) return 'it is an option of the manager';
  const isOfRequest = Object.hasOwn(REQUEST, name) || REQUEST_FIELDS.includes(name);
  return rules === MANAGER && isOfRequest ? 'it is an option of a request' : hint?.(name);
}

function concealedCredentials(
  given: ManagerSettings['credentials'] & object,
): ManagerSettings['credentials'] {
  if (typeof given === 'function') return given;
  const byOrigin = isMap(given) ? Object.fromEntries(given) : { ...given };
  return Object.freeze(concealed(byOrigin, () => true));
}

function toSchemes(schemes: object): ManagerSettings['schemes'] {
  const handlers = new Map(isMap(schemes) ? schemes : Object.entries(schemes));
  for (const [name, handler] of handlers) {
    if (!isScheme(name)) {
      throw new TypeError(`option 'schemes': ${JSON.stringify(name)} is not a scheme`);
    }
    if (!hasMethods(handler, ['open']))
      throw new TypeError(`option 'schemes': the handler of '${name}' has no method open()`);
  }
  // Two ways to write one scheme, of which some platforms know the second alone (util/url.ts).
  const local = handlers.get('unix+http') ?? handlers.get('local+http');
  if (local !== undefined) for (const name of LOCAL_SOCKETS) handlers.set(name, local);
  return handlers;
}
