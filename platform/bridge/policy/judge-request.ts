import { PRECONNECT } from '../../../src/call/preconnect.ts';
import { FORBIDDEN_BY_FETCH, fitsPattern } from '../../../src/message/forbidden-fields.ts';
import type { OwnOptions } from '../../../src/options/options.ts';
import { type ParsedUrl, parseUrl } from '../../../src/util/url.ts';
import type { RequestMessage } from '../protocol.ts';
import { isInRange, privateKind } from './addresses.ts';
import type { ResolvedPolicy } from './policy.ts';

/** The rules of a policy, as errors and `policyViolated` name them. */
export type PolicyRule =
  | 'schemes'
  | 'origins'
  | 'methods'
  | 'addresses'
  | 'fields'
  | 'options'
  | 'urlCredentials'
  | 'grants'
  | 'maximumRequests'
  | 'requestsPerSecond'
  | 'messagesPerSecond'
  | 'maximumMessageSize'
  | 'protocol';

/** What is not allowed, and by which rule. */
export interface Breach {
  readonly rule: PolicyRule;
  readonly reason: string;
}

/** Options of a request that reach nothing of the owner's. */
const HARMLESS: ReadonlySet<string> = new Set<keyof OwnOptions>([
  'transferTimeout',
  'timeouts',
  'redirectPolicy',
  'maximumRedirectsAllowed',
  'secretHeaders',
  'http2Allowed',
  'maximumBodySize',
  'priority',
  'emitAllUploadProgressSignals',
  'cacheLoadControl',
  'cacheSaveControl',
  'cookieLoadControl',
  'cookieSaveControl',
  'authenticationReuse',
  // Each attempt counts as a request of the owner's.
  'retry',
  'duplex',
  'fetch',
]);

/** Looked up and not compared one by one: a client may send thousands of fields. */
const EXACT: ReadonlySet<string> = new Set(FORBIDDEN_BY_FETCH);
const PREFIXES = FORBIDDEN_BY_FETCH.filter((pattern) => pattern.endsWith('*'));

/** Fetch forbids them, and so does everything that has had to do with cross-site tracing. */
const NEVER: readonly string[] = ['CONNECT', 'TRACE', 'TRACK'];
/** What frameworks read a method from. https://fetch.spec.whatwg.org/#forbidden-request-header */
const METHOD_FIELDS: readonly string[] = ['x-http-method', 'x-http-method-override', 'x-method-override'];

/**
 * Judges a request before anything is made of it; null when it may go on.
 * @throws TypeError for a connection that is to be opened to what is no URL
 */
export function judgeRequest(request: RequestMessage, url: ParsedUrl, policy: ResolvedPolicy): Breach | null {
  return (
    judgeTarget(url, request.method, policy) ??
    judgeUserinfo(url, policy) ??
    judgeFields(request.headers, policy) ??
    judgeOptions(request.options, policy)
  );
}

/** Judges where a request goes, the first time and after each redirect. */
export function judgeTarget(url: ParsedUrl, method: string, policy: ResolvedPolicy): Breach | null {
  // A connection that is opened ahead is judged as the request that it is for.
  return url.scheme.startsWith(PRECONNECT)
    ? judgeUrl(parseUrl(url.href.slice(PRECONNECT.length)), method, policy)
    : judgeUrl(url, method, policy);
}

function judgeUrl(url: ParsedUrl, method: string, policy: ResolvedPolicy): Breach | null {
  const { scheme, hostname } = url;
  if (!policy.schemes.includes(scheme))
    return { rule: 'schemes', reason: `the scheme ${scheme} is not allowed` };
  const methods = policy.origins?.get(url.origin) ?? policy.methods;
  if (policy.origins !== null && !policy.origins.has(url.origin))
    return { rule: 'origins', reason: `${url.origin} is not among the origins that are allowed` };
  if (methods === null ? NEVER.includes(method.toUpperCase()) : !methods.includes(method))
    return { rule: 'methods', reason: `the method ${method} is not allowed` };
  const isListed = policy.origins?.has(url.origin) || policy.hosts.has(hostname);
  const kind = isListed || hostname === '' ? null : privateKind(hostname);
  if (kind === null || policy.ranges.some((range) => isInRange(hostname, range))) return null;
  return { rule: 'addresses', reason: `${hostname} is ${kind}, and is not listed` };
}

function judgeUserinfo({ username, password }: ParsedUrl, { urlCredentials }: ResolvedPolicy): Breach | null {
  if (urlCredentials || (username === '' && password === '')) return null;
  return { rule: 'urlCredentials', reason: 'the URL has a user name or password' };
}

function judgeFields(headers: readonly string[], policy: ResolvedPolicy): Breach | null {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    if (isForbidden(name, headers[i + 1]!, policy))
      return { rule: 'fields', reason: `the field ${name} is not allowed` };
  }
  return null;
}

function isForbidden(name: string, value: string, { deniedFields, allowedFields }: ResolvedPolicy): boolean {
  if (deniedFields.some((pattern) => fitsPattern(name, pattern))) return true;
  if (allowedFields.some((pattern) => fitsPattern(name, pattern))) return false;
  if (METHOD_FIELDS.includes(name))
    return value.split(',').some((method) => NEVER.includes(method.trim().toUpperCase()));
  return EXACT.has(name) || PREFIXES.some((pattern) => fitsPattern(name, pattern));
}

function judgeOptions(options: OwnOptions, policy: ResolvedPolicy): Breach | null {
  const refused = Object.keys(options).find(
    (name) => !HARMLESS.has(name) && !policy.options.includes(name as keyof OwnOptions),
  );
  return refused === undefined ? null : { rule: 'options', reason: `the option ${refused} is not allowed` };
}
