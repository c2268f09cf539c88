import type { Exchange } from '../../src/pipeline/exchange.ts';
import type { HttpRequest } from '../../src/pipeline/stage.ts';
import type { TransportCapabilities } from '../../src/transport/capabilities.ts';
import { unlessNotCached } from './fetch-cache.ts';
import { requestInit } from './fetch-request-init.ts';
import type { FetchFunction } from './fetch-transport.ts';

/** Calls fetch for a request of which it has to be told more than method, fields and bytes. */
export async function openFetch(
  fetchFunction: FetchFunction,
  url: string,
  request: HttpRequest,
  capabilities: TransportCapabilities,
  takesBlobs: boolean,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Response> {
  const init = await requestInit(request, capabilities, takesBlobs, exchange, signal);
  signal.throwIfAborted();
  return unlessNotCached(fetchFunction(url, init), url, init);
}
