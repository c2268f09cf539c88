import { withHeaders } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import { HttpHeaders } from '../message/headers.ts';
import { memoizeLast } from '../util/memoize.ts';
import { withDefaultFields } from './default-fields.ts';

/**
 * Adds the fields that a request has unless it brings its own. Below the redirects, which may take the body away; so the
 * manager's own `headers` are not added here, where they would come back on another origin, but when a request is made.
 */
export function headersStage(userAgent: string): Rewrite {
  const withoutBody = memoizeLast((pairs) => withDefaultFields(HttpHeaders.adopt(pairs), null, userAgent));
  return {
    name: 'headers',
    outgoing(request) {
      const { headers, body } = request;
      const completed =
        body === null ? withoutBody(headers.pairs) : withDefaultFields(headers, body, userAgent);
      return completed.size === headers.size ? request : withHeaders(request, completed);
    },
  };
}
