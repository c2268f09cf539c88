import type { HttpRequest } from '../call/request.ts';
import type { RedirectPolicy } from '../options/options.ts';
import type { TlsOptions } from '../options/tls-options.ts';
import type { ParsedUrl } from '../util/url.ts';

/**
 * Fields that may go to whatever origin a server names: they say what is wanted and what is sent, not who asks. Every
 * other one, known or not, is for the origin that it was set for.
 */
const HARMLESS = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'range',
  'user-agent',
]);

/** Names of the fields that are for the origin of the request alone. */
export function personalFields({ headers, options }: HttpRequest): string[] {
  return Array.from(headers, ([name]) => name).filter(
    (name) => !HARMLESS.has(name) || options.secretHeaders.includes(name),
  );
}

/** What of a request may follow a redirect to another origin: no field that is not known to be harmless, and no identity. */
export function forOtherOrigin(request: HttpRequest): HttpRequest {
  const { headers, options, own } = request;
  const personal = personalFields(request);
  return {
    ...request,
    headers: headers.without(...personal),
    options: withoutOurIdentity(options),
    own: withoutOurIdentity(own),
  };
}

function withoutOurIdentity<Options extends { readonly tls?: TlsOptions | null }>(options: Options): Options {
  const { tls } = options;
  return tls === null || tls === undefined ? options : { ...options, tls: withoutIdentity(tls) };
}

const IDENTITY: readonly string[] = ['cert', 'key', 'pfx', 'passphrase', 'servername'];

/**
 * The authorities to trust stay. Our certificate does not, nor the name that the first server had to prove. A function says
 * itself which hosts its certificate is for.
 */
function withoutIdentity(tls: TlsOptions): TlsOptions {
  return Object.fromEntries(
    Object.entries(tls).filter(([name, value]) => !IDENTITY.includes(name) || typeof value === 'function'),
  );
}

/** From TLS to none, or from a local socket to the network. */
export function isLessSafe(from: ParsedUrl, to: ParsedUrl): boolean {
  return from.scheme !== 'http' && to.scheme !== from.scheme;
}

/** Why the policy forbids to go from one URL to the other, or null. Both as they are after HSTS. */
export function offenceAgainst(policy: RedirectPolicy, from: ParsedUrl, to: ParsedUrl): string | null {
  if (policy === 'same-origin' && from.origin !== to.origin) return `${to.origin} is another origin`;
  if (policy === 'no-less-safe' && isLessSafe(from, to)) return `${to.origin} is less safe`;
  return null;
}
