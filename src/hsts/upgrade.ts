import { type ParsedUrl, withScheme } from '../util/url.ts';

/**
 * The URL to use in place of an http URL of a known host: scheme https, port 80 becomes 443, any other stays
 * (RFC 6797 §8.3 step 5). Another scheme, or a host that is not known, leaves the URL as it is.
 */
export function upgradeUrl(url: ParsedUrl, isKnown: (host: string) => boolean): ParsedUrl {
  if (url.scheme !== 'http' || !isKnown(url.hostname)) return url;
  return withScheme(url, 'https', url.port === 80 ? 443 : url.port);
}
