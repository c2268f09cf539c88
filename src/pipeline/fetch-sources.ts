import { withContentType } from '../headers/default-fields.ts';
import { Gate } from '../queue/gate.ts';
import { offenceOfPlatform } from '../redirect/platform-redirect.ts';
import { pipelineSource } from '../reply/pipeline-source.ts';
import type { ReplySource } from '../reply/reply-source.ts';
import { isPlain } from '../transport/is-plain.ts';
import type { HttpParts } from './http-parts.ts';
import { loadRare } from './load-rare.ts';
import { queueLimits } from './queue-limits.ts';
import type { Next } from './stage.ts';

/** What answers the requests of a manager over a fetch. */
export function fetchSources(): (parts: HttpParts) => ReplySource {
  const gate = new Gate();
  return (parts) => {
    gate.configure(queueLimits(parts.options));
    return fetchSource(parts, gate);
  };
}

/**
 * The way of a request over a fetch. For a plain one that need not wait, fetch.ts is a list of rules that do not apply: it
 * goes to the transport at once. The list is loaded with the first request that takes it.
 */
export function fetchSource(parts: HttpParts, gate: Gate): ReplySource {
  const { defaults, transport } = parts;
  let list: Next | null = null;
  const alongTheList: Next = async (request, exchange) => {
    const { longWay } = await loadRare().catch((error: unknown) => {
      gate.reopen();
      throw error;
    });
    list ??= longWay(parts, gate, source);
    return list(request, exchange);
  };
  const source = pipelineSource(async (request, exchange) => {
    const slot = isPlain(request, defaults) ? gate.admit(request.url.origin) : null;
    if (slot === null) return alongTheList(request, exchange);
    exchange.slot = slot;
    exchange.timings.dequeued = exchange.clock.now();
    const headers = withContentType(request.headers, request.body);
    const response = await transport.send({ ...request, headers }, exchange);
    const offence = offenceOfPlatform(request, response);
    if (offence === null) return response;
    response.body.cancel(offence);
    throw offence;
  });
  return source;
}
