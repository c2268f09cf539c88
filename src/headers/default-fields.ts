import type { RequestBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';

/*
 * The fields that a request should have and has not brought: the User-Agent, unless that is empty, and the Content-Type that
 * its kind of body implies.
 *
 * No more than that. Accept and Accept-Language say nothing that the application has not said (Qt sends the language of
 * the system, which tells every server something about the user); set them in the manager's `headers`. A body whose kind
 * implies no type gets none: Qt takes it for a form.
 */

export function withUserAgent(headers: HttpHeaders, userAgent: string): HttpHeaders {
  return userAgent !== '' && !headers.has('user-agent') ? headers.with('user-agent', userAgent) : headers;
}

export function withContentType(headers: HttpHeaders, body: RequestBody | null): HttpHeaders {
  const type = body?.contentType;
  return type && !headers.has('content-type') ? headers.with('content-type', type) : headers;
}
