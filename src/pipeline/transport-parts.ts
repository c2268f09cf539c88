import type { ManagerSettings, TransportParts } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';

/**
 * Gives a request the parts of its manager that are its transport's to obey. Stands at the end of the list, and before what
 * opens a connection ahead: a stage cannot lose them, and a transport that wraps another one passes them on.
 */
export function withTransportParts(settings: ManagerSettings): (request: HttpRequest) => HttpRequest {
  const { addressFilter } = settings;
  const isCached = settings.cache !== null;
  if (addressFilter === null && !isCached) return (request) => request;
  const parts: TransportParts = { addressFilter, isCached };
  return (request) => ({ ...request, parts });
}
