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
  const contentType = body?.contentType ?? null;
  const needsType = contentType !== null && !headers.has('content-type');
  const needsAgent = userAgent !== '' && !headers.has('user-agent');
  if (!needsType && !needsAgent) return headers;
  const fields = headers.clone();
  if (needsAgent) fields.append('user-agent', userAgent);
  if (needsType) fields.append('content-type', contentType);
  return fields;
}
