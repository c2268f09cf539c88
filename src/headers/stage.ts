import { type Rewrite, withHeaders } from '../pipeline/stage.ts';
import { withDefaultFields } from './default-fields.ts';

/**
 * Adds the fields that a request has unless it brings its own. Below the redirects, which may take the body away; so the
 * manager's own `headers` are not added here, where they would come back on another origin, but when a request is made.
 */
export const headersStage: Rewrite = {
  name: 'headers',
  outgoing(request) {
    const headers = withDefaultFields(request.headers, request.body, request.options.userAgent);
    return headers === request.headers ? request : withHeaders(request, headers);
  },
};
