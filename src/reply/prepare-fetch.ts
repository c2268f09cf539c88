import { bindRequest, type FetchWords, fetchWords } from '../message/fetch-words.ts';
import { isToken } from '../message/field-lexer.ts';
import { forbiddenNames } from '../message/forbidden-fields.ts';
import { isRetrieval } from '../message/methods.ts';
import type { BodyInput } from '../message/request-body.ts';
import { isStream } from '../message/to-bytes.ts';
import type { NetworkRequest, SharedOptions } from '../options/options.ts';
import { brandOf, isPlatforms } from '../util/brand.ts';
import type { ParsedUrl } from '../util/url.ts';
import { bodyOfCopy } from './body-of-request.ts';
import { optionsOfWords } from './fetch-options.ts';
import { HIGH_WATER_MARK } from './reply-body.ts';

/** What a fetch has been found to ask for. */
export interface PreparedFetch {
  readonly method: string;
  readonly request: NetworkRequest;
  readonly body: BodyInput | null;
  /** The Request whose body is the body of this one. */
  readonly bodyOwner: Request | null;
  readonly signal: AbortSignal | null;
}

/** What the front of fetch needs of its manager. */
export interface FetchSurroundings {
  /** The manager's. */
  readonly options: Pick<SharedOptions, 'redirectPolicy'>;
  /** @throws TypeError for what is no URL */
  parseUrl(input: string | URL): ParsedUrl;
  /** The platform is a fetch itself, and is given the Requests of its own that it is asked with. */
  readonly takesRequests?: boolean;
}

/**
 * Judges the arguments of a fetch, all of them before anything waits, and in the order of the steps of the constructor of
 * Request: words, URL, method, fields, signal, body.
 *
 * Source: https://fetch.spec.whatwg.org/#dom-request
 *
 * @param args the arguments of the call: none at all is a mistake, too
 * @throws TypeError for what the constructor refuses
 */
export function prepareFetch(
  args: readonly unknown[],
  { options, parseUrl, takesRequests = false }: FetchSurroundings,
): PreparedFetch {
  if (args.length === 0) throw new TypeError('fetch: a URL or a Request is needed');
  const [input] = args;
  const said = initOf(args[1]);
  const given = asRequest(input);
  // A copy takes the body of the original at once, and the platform judges what is its own.
  const copy =
    takesRequests && given !== null && isPlatforms(given, 'Request', 'url') ? new Request(given, said) : null;
  const from = copy ?? given;
  const init = copy === null ? said : afterCopy(said);
  const words = copy === null ? wordsOf(init, from) : bindRequest(wordsOf(init, from), copy);
  const url = urlOf(input, from, parseUrl);
  const method = methodOf(init.method === undefined ? from?.method : init.method, words.mode);
  const fields = init.headers === undefined ? from?.headers : init.headers;
  const headers = fields === undefined ? null : new Headers(fields);
  // What the browser itself has put there is not what the caller wants of us.
  if (copy !== null) for (const name of forbiddenNames(headers!)) headers!.delete(name);
  const signal = signalOf(init.signal === undefined ? from?.signal : init.signal);
  const body = bodyOf(init.body, method, words);
  const owns = body === null && from !== null && mayHaveBody(from, copy !== null);
  return {
    method,
    body: owns && copy !== null ? bodyOfCopy(copy) : body,
    bodyOwner: owns && copy === null ? usable(from, method) : null,
    signal,
    request: {
      url,
      // The Response outlives its reply: it is read when its reader likes.
      autoDeleteReplies: false,
      // Of a Response, no more than that is read ahead.
      readBufferSize: HIGH_WATER_MARK,
      ...optionsOfWords(words, headers, options),
      ...(signal === null ? {} : { signal }),
    },
  };
}

type Init = RequestInit & { readonly window?: unknown };

/** What a copy of the Request does not show of init. */
function afterCopy({ priority, signal }: Init): Init {
  const left: Record<string, unknown> = Object.create(null);
  if (priority !== undefined) left.priority = priority;
  if (signal !== undefined) left.signal = signal;
  return left as Init;
}

/** Own members only, so that a polluted Object.prototype configures nothing; those of a Request are inherited. */
function initOf(init: unknown): Init {
  if (init === undefined || init === null) return NOTHING;
  if (typeof init !== 'object' && typeof init !== 'function')
    throw new TypeError('fetch: init must be an object');
  const request = asRequest(init);
  if (request === null) return Object.assign(Object.create(null), init) as Init;
  return request as Init;
}

const NOTHING: Init = Object.freeze(Object.create(null));

/** A Request of any realm and of any copy of its class. Everything else is taken for a URL, as WebIDL does. */
function asRequest(input: unknown): Request | null {
  if (typeof input !== 'object' || input === null || brandOf(input) !== 'Request') return null;
  return typeof (input as Request).url === 'string' ? (input as Request) : null;
}

/** The words of a Request, and over them those of init. The `duplex` of a Request says nothing: all have the same. */
function wordsOf(init: Init, from: Request | null): FetchWords {
  if (init.window !== undefined && init.window !== null)
    throw new TypeError('fetch: window can only be null');
  const said = fetchWords(init);
  if (said.mode === 'navigate') throw new TypeError("fetch: mode cannot be 'navigate'");
  const words = from === null ? said : inheritedWords(from, said, Object.keys(init).length > 0);
  if (words.cache === 'only-if-cached' && words.mode !== 'same-origin') {
    throw new TypeError("fetch: cache 'only-if-cached' needs mode 'same-origin'");
  }
  checkReferrer(words.referrer);
  return words;
}

function inheritedWords(from: Request, said: FetchWords, isChanged: boolean): FetchWords {
  const { duplex: _, ...inherited } = fetchWords(from);
  const words = { ...inherited, ...said };
  return fetchWords(words.mode === 'navigate' && isChanged ? { ...words, mode: 'same-origin' } : words);
}

interface Surroundings {
  readonly document?: { readonly baseURI?: string };
  readonly location?: { readonly href?: string };
}

function checkReferrer(referrer: string | undefined): void {
  if (referrer === undefined || referrer === '' || referrer === 'about:client') return;
  // The frame of a srcdoc has a base, and a location that is none.
  const { document, location } = globalThis as Surroundings;
  const base = document?.baseURI ?? location?.href;
  if (!URL.canParse(referrer, base)) throw new TypeError('fetch: the referrer is not a URL');
}

function urlOf(input: unknown, from: Request | null, parseUrl: FetchSurroundings['parseUrl']): string | URL {
  const url = from !== null ? from.url : brandOf(input) === 'URL' ? (input as URL) : String(input);
  const { username, password } = parseUrl(url);
  if (username !== '' || password !== '') {
    throw new TypeError('fetch: the URL has a user name or password; send an Authorization field instead');
  }
  return url;
}

const NORMALISED = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
const WITHOUT_CORS = new Set(['GET', 'HEAD', 'POST']);

/** Six verbs are upper-cased, three are forbidden, the rest stays as written. */
function methodOf(said: unknown, mode: FetchWords['mode']): string {
  const method = said === undefined ? 'GET' : String(said);
  const upper = method.toUpperCase();
  if (!isToken(method)) throw new TypeError('fetch: the method must be a token');
  if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
    throw new TypeError(`fetch: the method ${upper} is forbidden`);
  }
  const normalised = NORMALISED.has(upper) ? upper : method;
  if (mode === 'no-cors' && !WITHOUT_CORS.has(normalised)) {
    throw new TypeError(`fetch: ${normalised} is not possible in mode 'no-cors'`);
  }
  return normalised;
}

/** Null takes the signal of a Request away. One of another realm, or a library's, is a signal by what it can do. */
function signalOf(signal: AbortSignal | null | undefined): AbortSignal | null {
  if (signal === undefined || signal === null) return null;
  if (typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function') return signal;
  throw new TypeError('fetch: the signal must be an AbortSignal');
}

/** What init brings, as something that can be sent: numbers and truth values are texts, as WebIDL has it. */
function bodyOf(said: unknown, method: string, { duplex, keepalive }: FetchWords): BodyInput | null {
  if (said === undefined || said === null) return null;
  refuseBodyOf(method);
  if (typeof said !== 'object') return String(said);
  if (isStream(said) || Symbol.asyncIterator in said) {
    if (duplex === undefined) throw new TypeError("fetch: a body that is a stream needs duplex: 'half'");
    if (keepalive) throw new TypeError('fetch: a body that is a stream cannot be kept alive');
  }
  return said as BodyInput;
}

/** Not every engine shows the body of a Request (Firefox); there a method that can have one may have one. */
function mayHaveBody(from: Request, isCopy: boolean): boolean {
  // WebKit cannot send one with a file again once its stream was shown.
  return isCopy || from.body === undefined ? !isRetrieval(from.method) : from.body !== null;
}

function usable(from: Request, method: string): Request {
  refuseBodyOf(method);
  if (from.bodyUsed || from.body?.locked) {
    throw new TypeError('fetch: the body of the Request has been used; make a new one, or clone it before');
  }
  return from;
}

function refuseBodyOf(method: string): void {
  if (isRetrieval(method)) throw new TypeError(`fetch: ${method} cannot have a body`);
}
