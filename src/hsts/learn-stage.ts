import type { HttpResponse } from '../call/response.ts';
import type { Rewrite } from '../call/stage.ts';

/** Who takes the headers. */
export interface HeaderTaker {
  /** @param fieldLines values of Strict-Transport-Security, one a field line */
  note(fieldLines: readonly string[], responseHost: string): void;
}

/**
 * Takes note of Strict-Transport-Security, on any response (a redirect, a 401), when it came over TLS without a
 * certificate error (RFC 6797 §8.1). Stands under the cache: what that gives back says nothing new, and may be older than
 * what is known.
 */
export function learnStage(security: HeaderTaker): Rewrite {
  return {
    name: 'hsts-learn',
    incoming(response) {
      if (isTrusted(response)) {
        security.note(response.headers.getAll('strict-transport-security'), response.url.hostname);
      }
      return response;
    },
  };
}

function isTrusted(response: HttpResponse): boolean {
  return response.url.scheme === 'https' && response.security?.ignoredErrors.length === 0;
}
