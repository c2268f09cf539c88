import type { RequestBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';

/**
 * The fields of a request with those added that it should have and does not: the Content-Type that its kind of body
 * implies, and the User-Agent unless that is empty.
 *
 * No more than that. Accept and Accept-Language say nothing that the application has not said (Qt sends the language of
 * the system, which tells every server something about the user); set them in the manager's `headers`. A body whose kind
 * implies no type gets none: Qt takes it for a form.
 */
export function withDefaultFields(
  headers: HttpHeaders,
  body: RequestBody | null,
  userAgent: string,
): HttpHeaders {
  const needsAgent = userAgent !== '' && !headers.has('user-agent');
  return withContentType(needsAgent ? headers.with('user-agent', userAgent) : headers, body);
}

/** The same, of which only the Content-Type is added. */
export function withContentType(headers: HttpHeaders, body: RequestBody | null): HttpHeaders {
  const type = body?.contentType;
  return type && !headers.has('content-type') ? headers.with('content-type', type) : headers;
}
