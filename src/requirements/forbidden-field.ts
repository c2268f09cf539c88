import type { TransportCapabilities } from '../call/capabilities.ts';
import { FORBIDDEN_BY_FETCH, fitsPattern } from '../message/forbidden-fields.ts';
import type { HttpHeaders } from '../message/headers.ts';

/** The first of the fields that the platform would drop, or null. */
export function forbiddenField(
  headers: HttpHeaders,
  forbidden: TransportCapabilities['forbiddenFields'],
): string | null {
  const patterns = forbidden === 'fetch' ? FORBIDDEN_BY_FETCH : forbidden;
  for (const [name] of headers) if (patterns.some((pattern) => fitsPattern(name, pattern))) return name;
  return null;
}
