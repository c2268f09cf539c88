import { compose } from './compose.ts';
import { dispatch } from './dispatch.ts';
import type { HttpParts } from './http-parts.ts';
import type { Next, Rewrite, Stage } from './stage.ts';

/** The whole way of a request: by its scheme, and for http and https along a list of stages to the transport. */
export function assemble(list: readonly (Stage | Rewrite)[], { transport, schemes }: HttpParts): Next {
  const http = compose(list, (request, exchange) => transport.send(request, exchange));
  return dispatch(http, transport, schemes);
}
