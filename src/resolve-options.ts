import { HttpHeaders, isToken } from './message/headers.ts';
import type {
  ManagerOnlyOptions,
  ManagerOptions,
  NetworkRequest,
  RequestOnlyOptions,
  RequestOptions,
  SharedOptions,
} from './options.ts';

/** What an option may be, in words for the error and as a check. */
type Check = readonly [expected: string, accepts: (value: unknown) => boolean];

/** What an option is when nobody says anything, what it may be, and what the pipeline reads instead of it. */
type Rule<Value> = readonly [fallback: Value, check: Check, normalise?: (value: never) => Value];
type Rules<Options> = { readonly [Name in keyof Options]: Rule<Options[Name]> };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isString = (value: unknown): value is string => typeof value === 'string';

const BOOLEAN: Check = ['a boolean', (value) => typeof value === 'boolean'];
const STRING: Check = ['a string', isString];
const OBJECT: Check = ['an object', isObject];

/** A whole number in a range; `Infinity` where the range has no end. */
function whole(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return [
    `a whole number from ${least} to ${most === Number.MAX_SAFE_INTEGER ? '2^53' : most}`,
    (value) =>
      typeof value === 'number' &&
      value >= least &&
      value <= most &&
      (Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY),
  ];
}

function oneOf(...values: readonly string[]): Check {
  return [`one of ${values.join(', ')}`, (value) => isString(value) && values.includes(value)];
}

function list(of: string, accepts: (item: string) => boolean): Check {
  return [
    `an array of ${of}`,
    (value) => Array.isArray(value) && value.every((item) => isString(item) && accepts(item)),
  ];
}

function withMethods(...names: readonly string[]): Check {
  return [
    `an object with ${names.join(', ')}`,
    (value) => isObject(value) && names.every((name) => typeof Reflect.get(value, name) === 'function'),
  ];
}

function orNull([expected, accepts]: Check): Check {
  return [`${expected}, or null`, (value) => value === null || accepts(value)];
}

const LOAD_CONTROL = oneOf('automatic', 'manual');

const SHARED: Rules<SharedOptions> = {
  transferTimeout: [0, whole(0)],
  autoDeleteReplies: [false, BOOLEAN],
  redirectPolicy: ['no-less-safe', oneOf('manual', 'no-less-safe', 'same-origin', 'user-verified')],
  maximumRedirectsAllowed: [50, whole(0)],
  secretHeaders: [[], list('field names', isToken), toLowerCase],
  trustedRedirectOrigins: [
    [],
    list('origins', URL.canParse),
    (urls: string[]) => urls.map((url) => new URL(url).origin),
  ],
  tls: [null, orNull(OBJECT), (tls: object | null) => (tls === null ? null : pickTls(tls))],
  http2Allowed: [true, BOOLEAN],
  http2Direct: [false, BOOLEAN],
  throwHttpErrors: [true, BOOLEAN],
  decompressedSafetyCheckThreshold: [10 * 1024 * 1024, whole(-1)],
  useCredentials: [false, BOOLEAN],
  maximumCollectedUpload: [64 * 1024 * 1024, whole(0)],
};

const REQUEST_ONLY: Rules<RequestOnlyOptions> = {
  priority: ['normal', oneOf('high', 'normal', 'low')],
  readBufferSize: [0, whole(0)],
  cacheLoadControl: [
    'prefer-network',
    oneOf('always-network', 'prefer-network', 'prefer-cache', 'always-cache'),
  ],
  cacheSaveControl: [true, BOOLEAN],
  cookieLoadControl: ['automatic', LOAD_CONTROL],
  cookieSaveControl: ['automatic', LOAD_CONTROL],
  authenticationReuse: ['automatic', LOAD_CONTROL],
  emitAllUploadProgressSignals: [false, BOOLEAN],
  duplex: [null, orNull(oneOf('half'))],
  signal: [null, orNull(withMethods('addEventListener', 'removeEventListener'))],
  attributes: [new Map(), ['a Map', (value) => value instanceof Map]],
  siteForCookies: [null, orNull(STRING)],
};

const MANAGER_ONLY: Rules<ManagerOnlyOptions> = {
  connectionsPerHost: [6, whole(1, 255)],
  maximumConnections: [Number.POSITIVE_INFINITY, whole(1, Number.POSITIVE_INFINITY)],
  userAgent: ['', STRING],
  headers: [new HttpHeaders(), OBJECT, (init) => new HttpHeaders(init)],
  schemes: [new Map(), OBJECT, toSchemes],
  transport: [null, orNull(withMethods('send', 'close'))],
  cookieJar: [null, orNull(withMethods('cookiesForUrl', 'setCookiesFromUrl'))],
  cache: [null, orNull(['a cache', (value) => isObject(value) && 'stage' in value])],
  strictTransportSecurityEnabled: [false, BOOLEAN],
  preloadedTopLevelDomains: [
    [],
    list('top-level domains, as A-labels', (name) => /^[a-z][a-z0-9-]*$/i.test(name)),
    toLowerCase,
  ],
  strictTransportSecurity: [null, orNull(withMethods('upgrade', 'addHosts'))],
};

const REQUEST = { ...SHARED, ...REQUEST_ONLY };
const MANAGER = { ...SHARED, ...MANAGER_ONLY };

/** Names of everything that is an accessor of the manager. */
export const MANAGER_OPTION_NAMES: readonly string[] = Object.keys(MANAGER);

/** Every option at the value that it has when nobody says anything. */
export const DEFAULT_OPTIONS = Object.freeze(
  Object.fromEntries(
    Object.entries({ ...REQUEST, ...MANAGER }).map(([name, [fallback]]) => [name, fallback]),
  ),
) as unknown as RequestOptions;

/**
 * The options of a manager over `defaults`. Only own properties are read; `undefined` counts as not set.
 * @throws TypeError that names the option when it is unknown or ill-typed
 */
export function resolveManagerOptions(options: ManagerOptions, defaults: RequestOptions): RequestOptions {
  return merge(options, defaults, MANAGER, []);
}

/** The options of a request over its manager's. Its other fields (`url`, `method`, `headers`) are the caller's. */
export function resolveRequestOptions(request: NetworkRequest, defaults: RequestOptions): RequestOptions {
  return merge(request, defaults, REQUEST, ['url', 'method', 'headers']);
}

function merge(
  from: object,
  defaults: RequestOptions,
  rules: Readonly<Record<string, Rule<unknown>>>,
  skipped: readonly string[],
): RequestOptions {
  let merged: Record<string, unknown> | null = null;
  for (const name of Object.keys(from)) {
    if (skipped.includes(name)) continue;
    if (!Object.hasOwn(rules, name)) throw new TypeError(`unknown option '${name}'`);
    const value: unknown = Reflect.get(from, name);
    if (value === undefined) continue;
    const [, [expected, accepts], normalise] = rules[name]!;
    if (!accepts(value)) throw new TypeError(`option '${name}': expected ${expected}`);
    merged ??= { ...defaults };
    merged[name] = normalise === undefined ? value : normalise(value as never);
  }
  return merged === null ? defaults : (Object.freeze(merged) as unknown as RequestOptions);
}

function toLowerCase(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase());
}

const TLS_OPTIONS = ['ca', 'cert', 'key', 'passphrase', 'servername', 'minVersion', 'maxVersion', 'ciphers'];

function pickTls(tls: object): object {
  const unknown = Object.keys(tls).find((name) => !TLS_OPTIONS.includes(name));
  if (unknown !== undefined) throw new TypeError(`unknown option 'tls.${unknown}'`);
  return Object.freeze({ ...tls });
}

function toSchemes(schemes: object): RequestOptions['schemes'] {
  const handlers = new Map(schemes instanceof Map ? schemes : Object.entries(schemes));
  const [, isHandler] = withMethods('open');
  for (const [name, handler] of handlers) {
    if (!isString(name) || !/^[a-z][a-z0-9+.-]*$/.test(name)) {
      throw new TypeError(`option 'schemes': ${JSON.stringify(name)} is not a scheme`);
    }
    if (!isHandler(handler))
      throw new TypeError(`option 'schemes': the handler of '${name}' has no method open()`);
  }
  return handlers;
}
