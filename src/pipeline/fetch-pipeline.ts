import { withDefaultFields } from '../headers/default-fields.ts';
import { Gate } from '../queue/gate-stage.ts';
import type { ManagerQueue } from '../queue/manager-queue.ts';
import { offenceOfPlatform } from '../redirect/platform-redirect.ts';
import { isPlain } from '../transport/is-plain.ts';
import type { HttpParts } from './http-parts.ts';
import { loadRare } from './load-rare.ts';
import { type Next, withHeaders } from './stage.ts';

/** The queue of such a pipeline. */
export function createGate(): ManagerQueue {
  return new Gate(loadRare);
}

/**
 * The way of a request over a fetch. For a plain one, fetch.ts is a list of rules that do not apply: it goes to the queue
 * and the transport at once. The list is loaded with the first request that is not plain.
 */
export function fetchPipeline(parts: HttpParts): Next {
  const { defaults, options, queue, transport } = parts;
  const send: Next = (request, exchange) => transport.send(request, exchange);
  let list: Next | null = null;
  return async (request, exchange) => {
    if (!isPlain(request, defaults)) {
      const { assemble, fetchStages } = await loadRare();
      list ??= assemble(fetchStages(parts), parts);
      return list(request, exchange);
    }
    const fields = withDefaultFields(request.headers, request.body, options.userAgent);
    const response = await queue.stage.handle(withHeaders(request, fields), send, exchange);
    const offence = offenceOfPlatform(request, response);
    if (offence === null) return response;
    response.body.cancel(offence);
    throw offence;
  };
}
