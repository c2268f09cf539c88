import { withHeaders } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import { HttpHeaders } from '../message/headers.ts';
import { memoizeLast } from '../util/memoize.ts';
import { withContentType, withUserAgent } from './default-fields.ts';

/**
 * Adds the fields that a request has unless it brings its own. Below the redirects, which may take the body away; so the
 * manager's own `headers` are not added here, where they would come back on another origin, but when a request is made.
 */
export function headersStage(userAgent: string): Rewrite {
  const withAgent = memoizeLast((pairs) => withUserAgent(HttpHeaders.adopt(pairs), userAgent));
  return {
    name: 'headers',
    outgoing(request) {
      const { headers, body } = request;
      const completed = withContentType(withAgent(headers.pairs), body);
      return completed.size === headers.size ? request : withHeaders(request, completed);
    },
  };
}
