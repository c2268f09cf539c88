import { isHttpResponse } from '../transport/is-http-response.ts';
import { compose } from './compose.ts';
import { dispatch } from './dispatch.ts';
import type { HttpParts } from './http-parts.ts';
import type { Next, Rewrite, Stage } from './stage.ts';

/** The whole way of a request: by its scheme, and for http and https along a list of stages to the transport. */
export function assemble(list: readonly (Stage | Rewrite)[], parts: HttpParts): Next {
  return dispatch(compose(list, lastOf(parts)), parts.transport, parts.schemes);
}

/** The transport. Of one that the application brought the answer is looked at before a stage counts on it. */
function lastOf({ transport, options }: HttpParts): Next {
  if (options.transport === null) return (request, exchange) => transport.send(request, exchange);
  return async (request, exchange) => {
    const response = await transport.send(request, exchange);
    if (isHttpResponse(response)) return response;
    throw new TypeError('the transport did not return a response');
  };
}
