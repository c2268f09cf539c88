import { isIpAddress } from './host.ts';

/**
 * Hosts that are this machine itself: what travels to them meets no network, so nobody can listen or answer in their
 * place. Cookies treat them as secure, and HSTS does not hold for the names. The one place that knows them.
 *
 * Source: Secure Contexts §3.1 ("potentially trustworthy origin"), RFC 6761 §6.3, Fetch (main fetch: HSTS is not for
 * localhost; whatwg/fetch#1781). Chromium does the same.
 */

/** `localhost` and the names below it. Takes a canonical host. */
export function isLocalhostName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Such a name, or an address of the loopback interface (127.0.0.0/8, ::1). Takes a canonical host. */
export function isLoopback(host: string): boolean {
  if (isLocalhostName(host)) return true;
  return host === '[::1]' || (host.startsWith('127.') && isIpAddress(host));
}
