import { isIpAddress } from '../util/host.ts';

/** RFC 6265bis §5.1.3, on canonical hosts. */
export function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  const dot = host.length - domain.length - 1;
  return dot > 0 && host.charCodeAt(dot) === 0x2e && host.endsWith(domain) && !isIpAddress(host);
}

/** RFC 6265bis §5.1.4. */
export function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (cookiePath === '/') return true;
  if (!requestPath.startsWith(cookiePath)) return false;
  return (
    requestPath.length === cookiePath.length ||
    cookiePath.charCodeAt(cookiePath.length - 1) === SLASH ||
    requestPath.charCodeAt(cookiePath.length) === SLASH
  );
}

/** RFC 6265bis §5.1.4: the directory of the path of a request. */
export function defaultPath(requestPath: string): string {
  const lastSlash = requestPath.lastIndexOf('/');
  return lastSlash <= 0 ? '/' : requestPath.slice(0, lastSlash);
}

const SLASH = 0x2f;
