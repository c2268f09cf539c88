import { QUESTION_TYPES, type QuestionType } from '../../../src/call/question.ts';
import {
  arrayOf,
  type Checks,
  checkOptions,
  isObject,
  isString,
  orNull,
  TRUTH,
  wholeNumber,
} from '../../../src/checks/checker.ts';
import { nearestOf } from '../../../src/checks/option-errors.ts';
import type { Manager } from '../../../src/manager.ts';
import { isToken } from '../../../src/message/field-lexer.ts';
import type { OwnOptions } from '../../../src/options/options.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { LOCAL_SOCKETS, parseUrl } from '../../../src/util/url.ts';
import { LEAST_MESSAGE, PORT_WINDOW, RECEIVED_STEP } from '../protocol.ts';
import { type AddressRange, parseAddressRange } from './addresses.ts';
import { GRANTS, type Grant } from './grants.ts';

/** An origin that may be asked, and how. */
export interface AllowedOrigin {
  /** `https://host[:port]` */
  readonly origin: string;
  /** Upper-case. @default every method that the policy allows */
  readonly methods?: readonly string[];
}

/**
 * What a client of another process, worker or tab may do with a manager. Everything that is not set is at its safe default: a
 * client reaches what a page of the web would reach, and nothing that belongs to the owner.
 */
export interface BridgePolicy {
  /**
   * Schemes that requests may have, redirects included. One of the application's own that is almost the name of another has to be
   * the manager's by then (`schemes`): else it is a TypeError, as what is misspelt. A redirect is judged before it is followed; one
   * that the fetch of a page has followed by itself, before its answer is shown. @default ['http', 'https']
   */
  readonly schemes: readonly string[];
  /**
   * Where requests may go, redirects included; null: to every origin that no other rule refuses. There is no CORS: what a client
   * may ask it may read, with the cookies and credentials of the owner. An http origin is asked by https where the manager's HSTS
   * hosts have it. @default null
   */
  readonly origins: readonly (string | AllowedOrigin)[] | null;
  /** Methods, upper-case; null: all but TRACE and TRACK (and CONNECT, which no request can have). @default null */
  readonly methods: readonly string[] | null;
  /**
   * What may be reached among this machine (loopback), private networks and link-local addresses: hosts (`'localhost'`),
   * addresses, or ranges (`'10.0.0.0/8'`). An origin in {@link origins} need not be listed again.
   *
   * Judged are hosts as they stand in a URL. A public name that leads to a private address gets through: where clients are
   * not trusted, name the {@link origins}, or give the manager an `addressFilter` (`publicAddressesOnly`), which sees what
   * is connected to.
   * @default []
   */
  readonly addresses: readonly string[];
  /** Names of fields that requests may not have, beside those that Fetch forbids; `x-internal-*` for all that begin so. @default [] */
  readonly deniedFields: readonly string[];
  /** Fields that requests may have although Fetch forbids them (`'origin'`, `'cookie'`). @default [] */
  readonly allowedFields: readonly string[];
  /** Set-Cookie is shown in responses. @default false */
  readonly showSetCookie: boolean;
  /** Options of requests that may be set beside the harmless ones: `'tls'`, `'useCredentials'` … @default [] */
  readonly options: readonly (keyof OwnOptions)[];
  /** A user name and password may stand in URLs. @default false */
  readonly urlCredentials: boolean;
  /** The site on whose behalf all requests are made, whatever they say; see the option of requests. @default null */
  readonly siteForCookies: string | null;
  /** Questions that are put to the client, before the listeners here. @default [] */
  readonly questions: readonly QuestionType[];
  /**
   * Methods that the client may call of the parts of the manager: `'cookies.get'`, `'cache.clear'`, `'clearAccessCache'` …,
   * each by its name; what they reach is at {@link GrantedMethods}. URLs are judged as those of requests are. HttpOnly
   * cookies are neither shown nor set, unless {@link showSetCookie}; none is shown that goes to no URL which the policy lets be
   * asked by GET. @default []
   */
  readonly grants: readonly Grant[];
  /** Requests in flight, those in the queue included. @default 1000 */
  readonly maximumRequests: number;
  /** Requests a second. A client that was idle may make at once what one second gives, or {@link maximumRequests}. @default 1000 */
  readonly requestsPerSecond: number;
  /**
   * Messages a second: a chunk of an upload counts for one, a request or call for five, refused or not, and whatever has more
   * than a KiB beside bytes of bodies for one more with each (a value is 32 bytes). An idle client may say at once what one
   * second gives. What is said beyond waits, and where as many wait as one second gives, the port is closed.
   * @default 10 000, or ten times {@link requestsPerSecond} where that is more
   */
  readonly messagesPerSecond: number;
  /** Bytes of bodies on their way to the client, which says in steps of 1 MiB that they have arrived: no less than that. @default 64 MiB */
  readonly bytesInFlight: number;
  /**
   * Bytes of one message: a request with its URL, fields, options and a body of up to 64 KiB, a call, or a piece of a larger
   * body, for which 320 KiB are the least. A request or call that is larger ends by itself; what else is, ends the port.
   * @default 2 MiB
   */
  readonly maximumMessageSize: number;
}

/** A policy as it is obeyed: every rule filled in, addresses parsed. */
export interface ResolvedPolicy extends Omit<BridgePolicy, 'origins' | 'addresses'> {
  /** Origin → methods, null for all. */
  readonly origins: ReadonlyMap<string, readonly string[] | null> | null;
  readonly hosts: ReadonlySet<string>;
  readonly ranges: readonly AddressRange[];
}

const MAXIMUM_MESSAGE = 2 * 1024 * 1024;

const DEFAULTS: Omit<BridgePolicy, 'messagesPerSecond'> = {
  schemes: ['http', 'https'],
  origins: null,
  methods: null,
  addresses: [],
  deniedFields: [],
  allowedFields: [],
  showSetCookie: false,
  options: [],
  urlCredentials: false,
  siteForCookies: null,
  questions: [],
  grants: [],
  maximumRequests: 1000,
  requestsPerSecond: 1000,
  bytesInFlight: PORT_WINDOW,
  maximumMessageSize: MAXIMUM_MESSAGE,
};

const METHODS = arrayOf('methods, upper-case', isMethod);
const CHECKS_OF_ORIGIN: Checks<AllowedOrigin> = {
  origin: {
    expected: 'an origin',
    accepts: (value) => isString(value) && originOf(value) !== null,
    isRequired: true,
  },
  methods: METHODS,
};

const CHECKS: Checks<BridgePolicy> = {
  schemes: arrayOf('schemes', (scheme) => isString(scheme) && /^[a-z][a-z0-9+.-]*$/.test(scheme)),
  origins: orNull(arrayOf('origins, or of objects with origin and methods', isAllowedOrigin)),
  methods: orNull(METHODS),
  addresses: arrayOf(
    'hosts without a port, addresses or ranges',
    (text) => isString(text) && isAddress(text),
  ),
  deniedFields: arrayOf('names of fields', (name) => isString(name) && isToken(name)),
  allowedFields: arrayOf('names of fields', (name) => isString(name) && isToken(name)),
  showSetCookie: TRUTH,
  options: arrayOf('names of options of requests', (name) => Object.hasOwn(DEFAULT_OPTIONS, String(name))),
  urlCredentials: TRUTH,
  siteForCookies: {
    expected: 'a URL, or null',
    accepts: (value) => value === null || (isString(value) && URL.canParse(value)),
  },
  questions: arrayOf(`questions, of ${QUESTION_TYPES.join(', ')}`, (name) =>
    QUESTION_TYPES.includes(name as never),
  ),
  grants: arrayOf(`methods, of ${GRANTS.join(', ')}`, (name) => GRANTS.includes(name as Grant)),
  maximumRequests: wholeNumber(1),
  requestsPerSecond: wholeNumber(1),
  messagesPerSecond: wholeNumber(1),
  bytesInFlight: wholeNumber(RECEIVED_STEP),
  maximumMessageSize: wholeNumber(LEAST_MESSAGE),
};

/** What may be said of a policy. */
export type BridgePolicyInput = { readonly [Rule in keyof BridgePolicy]?: BridgePolicy[Rule] | undefined };

/** @throws TypeError that names the rule when it is unknown or ill-typed */
export function resolvePolicy(input: BridgePolicyInput | undefined): ResolvedPolicy {
  const checked = checkOptions('policy', input, CHECKS as Checks<BridgePolicyInput>);
  const given = { ...DEFAULTS, ...(checked as Partial<BridgePolicy>) };
  const { messagesPerSecond = Math.max(10_000, 10 * given.requestsPerSecond) } = given;
  const policy: BridgePolicy = { ...given, messagesPerSecond };
  const { addresses, origins } = policy;
  return {
    ...policy,
    deniedFields: policy.deniedFields.map(lowerCase),
    allowedFields: policy.allowedFields.map(lowerCase),
    origins: origins === null ? null : new Map(origins.map(entryOf)),
    hosts: new Set(addresses.map(hostOf).filter((host) => host !== null)),
    ranges: addresses.map(parseAddressRange).filter((range) => range !== null),
  };
}

/**
 * The same for clients of a manager. A scheme that it does not know may be one that it is given later; one that is almost another
 * is taken for a mistake.
 *
 * @throws TypeError for such a scheme, too
 */
export function policyFor(
  manager: Pick<Manager, 'supportedSchemes'>,
  input: BridgePolicyInput | undefined,
): ResolvedPolicy {
  const policy = resolvePolicy(input);
  const known = [...manager.supportedSchemes(), ...SCHEMES];
  for (const scheme of policy.schemes) {
    const nearest = known.includes(scheme) ? null : nearestOf(scheme, known);
    if (nearest !== null)
      throw new TypeError(
        `policy: option 'schemes': the manager has no scheme '${scheme}' (yet); did you mean '${nearest}'?`,
      );
  }
  return policy;
}

/** That some manager has. */
const SCHEMES = ['http', 'https', 'data', 'blob', 'file', ...LOCAL_SOCKETS];

function entryOf(allowed: string | AllowedOrigin): [string, readonly string[] | null] {
  const { origin, methods = null } = isString(allowed) ? { origin: allowed } : allowed;
  return [originOf(origin)!, methods];
}

/** The origin that a text is, of any scheme, a slash behind it or not; null for what is none, or is more. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { origin, target, fragment, username, password } = parseUrl(text);
  return /^\/?$/.test(target) && fragment + username + password === '' ? origin : null;
}

/** @throws TypeError for an object that says what there is not: what it was to forbid would be allowed */
function isAllowedOrigin(value: unknown): boolean {
  if (!isObject(value)) return isString(value) && originOf(value) !== null;
  checkOptions('policy', value as AllowedOrigin, CHECKS_OF_ORIGIN, 'origins.');
  return true;
}

/** Of a host, what a URL makes of it. */
function isAddress(text: string): boolean {
  return parseAddressRange(text) !== null || hostOf(text) !== null;
}

function hostOf(text: string): string | null {
  const url = `http://${text}/`;
  return /[/?#@:\\]/.test(text) || !URL.canParse(url) ? null : new URL(url).hostname;
}

function isMethod(value: unknown): boolean {
  return isString(value) && isToken(value) && value === value.toUpperCase();
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}
