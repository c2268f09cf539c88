import { fromBase64, toBase64 } from './util/bytes.ts';
import type { SslError } from './util/ssl-error.ts';

/**
 * One error class and one table of codes.
 *
 * `code` is what a program compares, `qtCode` is the number of `QNetworkReply::NetworkError`, so that both survive
 * structured clone as plain data. Ranges as in Qt: network 1–99, proxy 101–199, content 201–299, protocol 301–399,
 * server 401–499.
 *
 * Source: https://doc.qt.io/qt-6/qnetworkreply.html#NetworkError-enum
 */
export const ERROR_CODES = {
  'connection-refused': 1,
  'remote-host-closed': 2,
  'host-not-found': 3,
  timeout: 4,
  'operation-canceled': 5,
  'ssl-handshake-failed': 6,
  'temporary-network-failure': 7,
  'network-session-failed': 8,
  'background-request-not-allowed': 9,
  'too-many-redirects': 10,
  'insecure-redirect': 11,
  'unknown-network': 99,
  'proxy-connection-refused': 101,
  'proxy-connection-closed': 102,
  'proxy-not-found': 103,
  'proxy-timeout': 104,
  'proxy-authentication-required': 105,
  'unknown-proxy': 199,
  'content-access-denied': 201,
  'content-operation-not-permitted': 202,
  'content-not-found': 203,
  'authentication-required': 204,
  'content-resend': 205,
  'content-conflict': 206,
  'content-gone': 207,
  'unknown-content': 299,
  'protocol-unknown': 301,
  'protocol-invalid-operation': 302,
  'protocol-failure': 399,
  'internal-server': 401,
  'operation-not-implemented': 402,
  'service-unavailable': 403,
  'unknown-server': 499,
} as const;

/** What a program compares: the names in {@link ERROR_CODES}. */
export type NetworkErrorCode = keyof typeof ERROR_CODES;

/**
 * What a {@link NetworkError} carries beside its message. Plain data, except `cause`. Other names are passed over: what makes an
 * error of what has gone wrong must not fail itself.
 */
export interface NetworkErrorDetails {
  /** The URL of the request or hop that failed. Userinfo and fragment are removed before it is kept. */
  readonly url?: string | undefined;
  /** The capability that the platform lacks, when the request was refused for that reason. */
  readonly capability?: string | undefined;
  /** HTTP status, when the error stands for one (a 404) or came after one. */
  readonly status?: number | undefined;
  /** Response fields as pairs, when a status was received; none that carries secrets (Set-Cookie), no request fields. */
  readonly headers?: readonly (readonly [string, string])[] | undefined;
  /** The first bytes of the error body, bounded by {@link ERROR_BODY_LIMIT}; only on errors of the body helpers. */
  readonly body?: Uint8Array | undefined;
  /** What is wrong with the certificates of the server, all of it. */
  readonly sslErrors?: readonly SslError[] | undefined;
  /** Which of `timeouts` has ended it, after how long, and what had taken how long by then. */
  readonly timeout?: TimeoutFacts | undefined;
  /** What has caused it: the error of the platform, what an abort was given, the issues of a schema. */
  readonly cause?: unknown;
}

/** What is told of a timeout, in milliseconds. */
export interface TimeoutFacts {
  /** One of the names in the option `timeouts`; `idle` is `transferTimeout`. */
  readonly name: string;
  /** The time that it was given, in milliseconds. */
  readonly limit: number;
  /**
   * The phases of the attempt that was under way, in order: `before` (until it came to the queue: earlier attempts and their
   * pauses too), `queue`, `connect`, `send`, `firstByte`, `body`. One that took no time, or that cannot be seen, is left out.
   */
  readonly phases: Readonly<Record<string, number>>;
}

/** At most this many bytes of an error response's body are kept on the error. */
export const ERROR_BODY_LIMIT = 64 * 1024;

/** The errors whose JSON is still the object that `toJSON()` gave: events and answers carry that. */
const originals = new WeakMap<object, NetworkError>();

/** The plain-data form of a {@link NetworkError}: what `toJSON()` gives and `NetworkError.from()` takes. It survives JSON. */
export interface NetworkErrorJson extends Omit<NetworkErrorDetails, 'cause' | 'body'> {
  /** Tells it from other JSON. */
  readonly name: 'NetworkError';
  /** What a program compares. */
  readonly code: NetworkErrorCode;
  /** The number of `QNetworkReply::NetworkError`. */
  readonly qtCode: number;
  /** The sentence: which request, why, and what can be done. No credentials. */
  readonly message: string;
  /** The bytes in base64. */
  readonly body?: string | undefined;
  /** The cause as a text. */
  readonly cause?: string | undefined;
}

/** What an error may know beside its code, as fields of its own. */
const DETAILS = ['url', 'capability', 'status', 'headers', 'body', 'sslErrors', 'timeout'] as const;

/** Marks the errors of every copy of the package (ESM, CJS, another version), so that each knows those of the others. */
const BRAND = Symbol.for('fairlead.NetworkError');

/**
 * Everything that can go wrong with a request, from a refused connection to a 404. Mistakes of the programmer are
 * `TypeError`s instead.
 *
 * Structured clone (workers, Electron) loses the class and its own fields: send `toJSON()` and rebuild with
 * {@link NetworkError.from}.
 */
export class NetworkError extends Error implements Omit<NetworkErrorDetails, 'cause'> {
  /** The same in every copy of the package. */
  override readonly name = 'NetworkError';
  // The constructor sets them: initialised here they would be set twice.
  /** What a program compares: {@link ERROR_CODES} has all of them. */
  declare readonly code: NetworkErrorCode;
  /** The number of `QNetworkReply::NetworkError`; that of unknown-network for a code that there is not. */
  declare readonly qtCode: number;
  /** See {@link NetworkErrorDetails.url}. */
  declare readonly url: string | undefined;
  /** See {@link NetworkErrorDetails.capability}. */
  declare readonly capability: string | undefined;
  /** See {@link NetworkErrorDetails.status}. */
  declare readonly status: number | undefined;
  /** See {@link NetworkErrorDetails.headers}. */
  declare readonly headers: readonly (readonly [string, string])[] | undefined;
  /** See {@link NetworkErrorDetails.body}. */
  declare readonly body: Uint8Array | undefined;
  /** See {@link NetworkErrorDetails.sslErrors}. */
  declare readonly sslErrors: readonly SslError[] | undefined;
  /** See {@link NetworkErrorDetails.timeout}. */
  declare readonly timeout: TimeoutFacts | undefined;

  constructor(code: NetworkErrorCode, message: string, { cause, ...details }: NetworkErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    // One of another version's may be newer: what makes an error of it must not fail.
    this.qtCode = Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code] : 99;
    const known: Record<string, unknown> = {};
    // What is not known is left out: a log shows each field that there is.
    for (const name of DETAILS) if (details[name] !== undefined) known[name] = details[name];
    if (details.url !== undefined) known.url = publicUrl(details.url);
    Object.assign(this, known);
  }

  /** True for the errors of every copy of the package, ESM and CJS alike. */
  static override [Symbol.hasInstance](value: unknown): value is NetworkError {
    // biome-ignore lint/complexity/noThisInStatic: a class that extends this one has instances of its own
    if (this !== NetworkError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  get [BRAND](): true {
    return true;
  }

  /** Plain data: no class, no stack, no credentials. */
  toJSON(): NetworkErrorJson {
    const { message, cause, body } = this;
    // The fields of an error are not enumerable; all others are.
    const json = {
      ...this,
      message,
      body: body === undefined ? undefined : toBase64(body),
      cause: cause === undefined ? undefined : String(cause),
    };
    originals.set(json, this);
    return json;
  }

  /**
   * Rebuilds an error that crossed a process as {@link NetworkErrorJson}. Passes a NetworkError through, and gives back
   * the error itself, with its cause and stack, for JSON of this process that has not been copied.
   */
  static from(value: unknown): NetworkError {
    if (value instanceof NetworkError) return value;
    const original = originals.get(value as object);
    if (original !== undefined) return original;
    const json = typeof value === 'object' && value !== null ? (value as Partial<NetworkErrorJson>) : {};
    const code =
      typeof json.code === 'string' && Object.hasOwn(ERROR_CODES, json.code) ? json.code : 'unknown-network';
    const message = typeof json.message === 'string' ? json.message : String(value);
    return new NetworkError(code, message, detailsOf(json));
  }
}

/** What is usable of the details in JSON that anything may have made. */
function detailsOf(json: Partial<NetworkErrorJson>): NetworkErrorDetails {
  const { url, capability, status, headers, body, sslErrors, timeout, cause } = json;
  return {
    url: typeof url === 'string' ? url : undefined,
    capability: typeof capability === 'string' ? capability : undefined,
    status: typeof status === 'number' ? status : undefined,
    headers: Array.isArray(headers) ? headers : undefined,
    body: typeof body === 'string' ? fromBase64(body) : undefined,
    sslErrors: Array.isArray(sslErrors) ? sslErrors : undefined,
    timeout: typeof timeout === 'object' && timeout !== null ? timeout : undefined,
    cause,
  };
}

/**
 * A URL as it may stand in an error, a log or an export: without userinfo and fragment. Works on text, because what
 * failed may be a URL that does not parse.
 */
export function publicUrl(url: string): string {
  return url.split('#', 1)[0]!.replace(/\/\/([^/?\\]*@)?/, '//');
}

/** HTTP status → code, as in Qt (qhttpthreaddelegate.cpp). `null` below 400. */
export function codeForStatus(status: number): NetworkErrorCode | null {
  if (status < 400) return null;
  return STATUS_CODES.get(status) ?? (status < 500 ? 'unknown-content' : 'unknown-server');
}

const STATUS_CODES = new Map<number, NetworkErrorCode>([
  [400, 'protocol-invalid-operation'],
  [401, 'authentication-required'],
  [403, 'content-access-denied'],
  [404, 'content-not-found'],
  [405, 'content-operation-not-permitted'],
  [407, 'proxy-authentication-required'],
  [409, 'content-conflict'],
  [410, 'content-gone'],
  [418, 'protocol-invalid-operation'],
  [500, 'internal-server'],
  [501, 'operation-not-implemented'],
  [503, 'service-unavailable'],
]);
