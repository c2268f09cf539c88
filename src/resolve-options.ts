import { HttpHeaders, isToken } from './message/headers.ts';
import type { ManagerOptions, NetworkRequest, RequestOptions } from './options.ts';

/** What an option may be: the sentence for the error, and the check. */
interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** Turns what the user wrote into what the pipeline reads. */
  readonly normalise?: (value: never) => unknown;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isString = (value: unknown): value is string => typeof value === 'string';
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

const BOOLEAN: Rule = { expected: 'a boolean', accepts: (value) => typeof value === 'boolean' };
const STRING: Rule = { expected: 'a string', accepts: isString };
const STRINGS: Rule = {
  expected: 'an array of strings',
  accepts: (value) => Array.isArray(value) && value.every(isString),
};

function whole(least: number, unit: string): Rule {
  return {
    expected: `a whole number of ${unit}, at least ${least}`,
    accepts: (value) => isWhole(value) && value >= least,
  };
}

function oneOf(...values: readonly string[]): Rule {
  return {
    expected: values.map((value) => `'${value}'`).join(', '),
    accepts: (value) => isString(value) && values.includes(value),
  };
}

function orNull(rule: Rule): Rule {
  return {
    ...rule,
    expected: `${rule.expected} or null`,
    accepts: (value) => value === null || rule.accepts(value),
  };
}

function objectWith(expected: string, ...methods: readonly string[]): Rule {
  return {
    expected,
    accepts: (value) =>
      isObject(value) &&
      methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
  };
}

const MILLISECONDS = whole(0, 'milliseconds');
const BYTES = whole(0, 'bytes');
const LOAD_CONTROL = oneOf('automatic', 'manual');

/** Options that a request may set, and a manager for its requests. */
const SHARED_RULES: Readonly<Record<string, Rule>> = {
  transferTimeout: MILLISECONDS,
  autoDeleteReplies: BOOLEAN,
  redirectPolicy: oneOf('manual', 'no-less-safe', 'same-origin', 'user-verified'),
  maximumRedirectsAllowed: whole(0, 'redirects'),
  secretHeaders: {
    expected: 'an array of field names',
    accepts: (value) => Array.isArray(value) && value.every((name) => isString(name) && isToken(name)),
    normalise: (names: string[]) => names.map((name) => name.toLowerCase()),
  },
  trustedRedirectOrigins: STRINGS,
  tls: {
    ...orNull({ expected: 'an object of TLS options', accepts: isObject }),
    normalise: (tls: object | null) => (tls === null ? null : pickTls(tls)),
  },
  http2Allowed: BOOLEAN,
  http2Direct: BOOLEAN,
  throwHttpErrors: BOOLEAN,
  decompressedSafetyCheckThreshold: whole(-1, 'bytes'),
  useCredentials: BOOLEAN,
  maximumCollectedUpload: BYTES,
};

const REQUEST_RULES: Readonly<Record<string, Rule>> = {
  ...SHARED_RULES,
  priority: oneOf('high', 'normal', 'low'),
  readBufferSize: BYTES,
  cacheLoadControl: oneOf('always-network', 'prefer-network', 'prefer-cache', 'always-cache'),
  cacheSaveControl: BOOLEAN,
  cookieLoadControl: LOAD_CONTROL,
  cookieSaveControl: LOAD_CONTROL,
  authenticationReuse: LOAD_CONTROL,
  emitAllUploadProgressSignals: BOOLEAN,
  duplex: orNull(oneOf('half')),
  signal: orNull(objectWith('an AbortSignal', 'addEventListener', 'removeEventListener')),
  attributes: { expected: 'a Map', accepts: (value) => value instanceof Map },
  siteForCookies: orNull(STRING),
};

const MANAGER_RULES: Readonly<Record<string, Rule>> = {
  ...SHARED_RULES,
  connectionsPerHost: {
    expected: 'a whole number from 1 to 255',
    accepts: (value) => isWhole(value) && value >= 1 && value <= 255,
  },
  maximumConnections: {
    expected: 'a whole number of at least 1, or Infinity',
    accepts: (value) => value === Number.POSITIVE_INFINITY || (isWhole(value) && value >= 1),
  },
  userAgent: STRING,
  headers: { expected: 'an object or pairs', accepts: isObject, normalise: (init) => new HttpHeaders(init) },
  schemes: { expected: 'a record or Map of handlers', accepts: isObject, normalise: toSchemes },
  transport: orNull(objectWith('a transport', 'send', 'close')),
  cookieJar: orNull(objectWith('a cookie jar', 'cookiesForUrl', 'setCookiesFromUrl')),
  cache: orNull({ expected: 'a cache', accepts: (value) => isObject(value) && 'stage' in value }),
  strictTransportSecurityEnabled: BOOLEAN,
  strictTransportSecurity: orNull(objectWith('a StrictTransportSecurity', 'upgrade', 'addHosts')),
};

/** Names of everything that is an accessor of the manager. */
export const MANAGER_OPTION_NAMES: readonly string[] = Object.keys(MANAGER_RULES);

/** Every option at the value that it has when nobody says anything. */
export const DEFAULT_OPTIONS: RequestOptions = Object.freeze({
  transferTimeout: 0,
  autoDeleteReplies: false,
  redirectPolicy: 'no-less-safe',
  maximumRedirectsAllowed: 50,
  secretHeaders: [],
  trustedRedirectOrigins: [],
  tls: null,
  http2Allowed: true,
  http2Direct: false,
  throwHttpErrors: true,
  decompressedSafetyCheckThreshold: 10 * 1024 * 1024,
  useCredentials: false,
  maximumCollectedUpload: 64 * 1024 * 1024,
  priority: 'normal',
  readBufferSize: 0,
  cacheLoadControl: 'prefer-network',
  cacheSaveControl: true,
  cookieLoadControl: 'automatic',
  cookieSaveControl: 'automatic',
  authenticationReuse: 'automatic',
  emitAllUploadProgressSignals: false,
  duplex: null,
  signal: null,
  attributes: new Map(),
  siteForCookies: null,
  connectionsPerHost: 6,
  maximumConnections: Number.POSITIVE_INFINITY,
  userAgent: '',
  headers: new HttpHeaders(),
  schemes: new Map(),
  transport: null,
  cookieJar: null,
  cache: null,
  strictTransportSecurityEnabled: false,
  strictTransportSecurity: null,
} satisfies RequestOptions);

/**
 * The options of a manager over `defaults`. Only own properties are read; `undefined` counts as not set.
 * @throws TypeError that names the option when it is unknown or ill-typed
 */
export function resolveManagerOptions(options: ManagerOptions, defaults: RequestOptions): RequestOptions {
  return merge(options, defaults, MANAGER_RULES, NOTHING);
}

/** The options of a request over its manager's. The fields that are not options (`url`, `method`, `headers`) are the caller's. */
export function resolveRequestOptions(request: NetworkRequest, defaults: RequestOptions): RequestOptions {
  return merge(request, defaults, REQUEST_RULES, NOT_OPTIONS);
}

const NOTHING: ReadonlySet<string> = new Set();
const NOT_OPTIONS: ReadonlySet<string> = new Set(['url', 'method', 'headers']);

function merge(
  from: object,
  defaults: RequestOptions,
  rules: Readonly<Record<string, Rule>>,
  skipped: ReadonlySet<string>,
): RequestOptions {
  let merged: Record<string, unknown> | null = null;
  for (const name of Object.keys(from)) {
    const value: unknown = (from as Record<string, unknown>)[name];
    if (skipped.has(name)) continue;
    if (!Object.hasOwn(rules, name)) throw new TypeError(`unknown option '${name}'`);
    if (value === undefined) continue;
    const rule = rules[name]!;
    if (!rule.accepts(value)) throw new TypeError(`option '${name}': expected ${rule.expected}`);
    merged ??= { ...defaults };
    merged[name] = rule.normalise === undefined ? value : rule.normalise(value as never);
  }
  return merged === null ? defaults : (Object.freeze(merged) as unknown as RequestOptions);
}

const TLS_OPTIONS = new Set([
  'ca',
  'cert',
  'key',
  'passphrase',
  'servername',
  'minVersion',
  'maxVersion',
  'ciphers',
]);

function pickTls(tls: object): object {
  const picked: Record<string, unknown> = {};
  for (const name of Object.keys(tls)) {
    if (!TLS_OPTIONS.has(name)) throw new TypeError(`unknown option 'tls.${name}'`);
    picked[name] = (tls as Record<string, unknown>)[name];
  }
  return Object.freeze(picked);
}

const SCHEME = /^[a-z][a-z0-9+.-]*$/;

function toSchemes(schemes: object): ReadonlyMap<string, unknown> {
  const entries =
    schemes instanceof Map
      ? [...schemes]
      : Object.keys(schemes).map((name) => [name, Reflect.get(schemes, name)]);
  for (const [name, handler] of entries) {
    if (!isString(name) || !SCHEME.test(name))
      throw new TypeError(`option 'schemes': ${JSON.stringify(name)} is not a scheme`);
    if (!isObject(handler) || typeof (handler as { open?: unknown }).open !== 'function') {
      throw new TypeError(`option 'schemes': the handler of '${name}' has no method open()`);
    }
  }
  return new Map(entries as [string, unknown][]);
}
