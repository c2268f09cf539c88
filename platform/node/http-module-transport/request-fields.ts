import type { HttpRequest } from '../../../src/call/request.ts';
import { anticipatesContent } from '../../../src/message/methods.ts';
import { bodyLength } from '../body-length.ts';

/** The head of a request as `node:http` takes it, and how its body is framed. */
export interface RequestFields {
  /** Flat `[name, value, …]`, written to the wire as it is. */
  readonly pairs: string[];
  /** Bytes that the body must have, or null when it goes out chunked. */
  readonly bodyLength: number | null;
}

/**
 * The fields of a request in the order in which they were set, Host first (RFC 9112 §3.2).
 *
 * @throws NetworkError protocol-invalid-operation when the framing that was set by hand contradicts the body
 */
export function requestFields(request: HttpRequest): RequestFields {
  const { headers, url } = request;
  const pairs: string[] = ['Host', headers.get('host') ?? url.authority];
  for (let i = 0; i < headers.pairs.length; i += 2) {
    const name = headers.pairs[i]!;
    if (name !== 'host' && name !== 'content-length' && name !== 'transfer-encoding')
      pairs.push(titleCase(name), headers.pairs[i + 1]!);
  }
  const length = bodyLength(request);
  if (length === null) pairs.push('Transfer-Encoding', 'chunked');
  else if (request.body !== null || headers.has('content-length') || anticipatesContent(request.method))
    pairs.push('Content-Length', String(length));
  return { pairs, bodyLength: length };
}

const MOST_REMEMBERED = 512;
const titles = new Map<string, string>();

/** `content-type` → `Content-Type`: some servers of the wild compare names byte by byte. */
function titleCase(name: string): string {
  let title = titles.get(name);
  if (title === undefined) {
    title = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
    if (titles.size < MOST_REMEMBERED) titles.set(name, title);
  }
  return title;
}
