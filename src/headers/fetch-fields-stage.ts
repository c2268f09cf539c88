import { withHeaders } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import { withFetchFields } from './fetch-fields.ts';

/** Adds the fields that every fetch has. Below the redirects and above the cache, which tells responses apart by them. */
export const fetchFieldsStage: Rewrite = {
  name: 'fetch-fields',
  outgoing(request) {
    const { headers, options } = request;
    if (options.fetch === null) return request;
    return withHeaders(request, withFetchFields(headers, options.cacheLoadControl));
  },
};
