import type { ManagerSettings, TransportParts } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';
import type { ParsedUrl } from '../util/url.ts';

/**
 * Gives a request the parts of its manager that are its transport's to obey. Stands at the end of the list, and before what
 * opens a connection ahead: a stage cannot lose them, and a transport that wraps another one passes them on.
 */
export function withTransportParts(settings: ManagerSettings): (request: HttpRequest) => HttpRequest {
  const { addressFilter, preloadedTopLevelDomains, strictTransportSecurityEnabled } = settings;
  const isCached = settings.cache !== null;
  const security = strictTransportSecurityEnabled ? settings.strictTransportSecurity : null;
  if (addressFilter === null && !isCached && security === null) return (request) => request;
  const parts: TransportParts = {
    addressFilter,
    isCached,
    ...(security && { upgrade: (url: ParsedUrl) => security.upgrade(url, preloadedTopLevelDomains) }),
  };
  return (request) => ({ ...request, parts });
}
