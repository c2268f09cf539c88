import { isIpAddress } from '../util/host.ts';
import type { ParsedUrl } from '../util/url.ts';

/**
 * The public suffix list (https://publicsuffix.org), private section included, behind an interface: the list is large,
 * changes every week, and a page does not need it. Node and Electron bring one.
 */
export interface PublicSuffixList {
  /**
   * The public suffix of a host and the label before it (`example.co.uk` for `www.example.co.uk`), or null when the host
   * is itself a public suffix, a single label or an IP address. Takes canonical hosts.
   */
  registrableDomain(host: string): string | null;
}

/**
 * What is known without a list: single labels are suffixes and addresses have no subdomains. Every other host stands for
 * itself, so that two hosts are never taken for one site by mistake.
 */
export const NO_PUBLIC_SUFFIX_LIST: PublicSuffixList = {
  registrableDomain: (host) => (host.includes('.') && !isIpAddress(host) ? host : null),
};

/** True for a domain that no cookie may span: RFC 6265bis §5.7 step 9, and single labels and addresses by any list. */
export function isPublicSuffix(domain: string, list: PublicSuffixList): boolean {
  return NO_PUBLIC_SUFFIX_LIST.registrableDomain(domain) === null || list.registrableDomain(domain) === null;
}

/** The site of a URL (RFC 6265bis §5.2): scheme and registrable domain, or the host where there is none. */
export function siteOf(scheme: string, host: string, list: PublicSuffixList): string {
  return `${isSecureScheme(scheme) ? 'https' : 'http'}://${list.registrableDomain(host) ?? host}`;
}

/** Schemes over TLS; a WebSocket belongs to the site of its handshake. */
export function isSecureScheme(scheme: ParsedUrl['scheme']): boolean {
  return scheme === 'https' || scheme === 'wss';
}
