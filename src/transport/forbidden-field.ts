import type { HttpHeaders } from '../message/headers.ts';

/**
 * The first of the fields that the platform would drop, or null.
 * @param forbidden lower-case names; a trailing `*` stands for a prefix
 */
export function forbiddenField(headers: HttpHeaders, forbidden: readonly string[]): string | null {
  for (const [name] of headers) if (forbidden.some((pattern) => matches(name, pattern))) return name;
  return null;
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
