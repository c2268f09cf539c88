import { NetworkError } from '../../../src/error.ts';
import type { HttpRequest } from '../../../src/pipeline/stage.ts';

/** The head of a request as `node:http` takes it, and how its body is framed. */
export interface RequestFields {
  /** Flat `[name, value, …]`, written to the wire as it is. */
  readonly pairs: string[];
  /** Bytes that the body must have, or null when it goes out chunked. */
  readonly bodyLength: number | null;
}

/** Methods whose requests are expected to have content: an absent body is announced as empty (RFC 9110 §8.6). */
const WITH_CONTENT = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The fields of a request in the order in which they were set, Host first (RFC 9112 §3.2). Framing is not left to the
 * caller: a Content-Length that contradicts the body, or a transfer coding of one's own, would let a peer see a second
 * request in the body.
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
  const bodyLength = framedLength(request);
  if (bodyLength === null) pairs.push('Transfer-Encoding', 'chunked');
  else if (request.body !== null || headers.has('content-length') || WITH_CONTENT.has(request.method))
    pairs.push('Content-Length', String(bodyLength));
  return { pairs, bodyLength };
}

function framedLength(request: HttpRequest): number | null {
  const known = request.body === null ? 0 : request.body.length;
  const coding = request.headers.get('transfer-encoding');
  if (coding !== null && (known !== null || coding.toLowerCase() !== 'chunked'))
    throw refusal(request, `Transfer-Encoding: ${coding} does not fit the body`);
  const declared = request.headers.get('content-length');
  if (declared === null) return known;
  if (coding !== null || !/^\d{1,15}$/.test(declared) || (known !== null && Number(declared) !== known))
    throw refusal(request, `Content-Length: ${declared} does not fit the body`);
  return Number(declared);
}

function refusal(request: HttpRequest, reason: string): NetworkError {
  return new NetworkError('protocol-invalid-operation', `request fields: ${reason}`, {
    url: request.url.href,
  });
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
