import type { OutgoingHttpHeaders } from 'node:http2';
import type { HttpRequest } from '../../../src/call/request.ts';
import { requestFraming } from '../../../src/http1/request-framing.ts';
import { namesIn } from '../../../src/message/field-lexer.ts';
import { bodyLength } from '../body-length.ts';

/** Fields of a connection, which HTTP/2 has in its own frames (RFC 9113 §8.2.2), and those that are written here. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

export interface Http2RequestFields {
  readonly fields: OutgoingHttpHeaders;
  /** Bytes that the body must have, null when only its end will tell. */
  readonly bodyLength: number | null;
}

/**
 * The head of a request with its pseudo-fields (RFC 9113 §8.3.1).
 *
 * @throws NetworkError or TypeError when the framing that was set by hand contradicts the body
 */
export function http2RequestFields(request: HttpRequest): Http2RequestFields {
  const { method, url, headers } = request;
  const { pairs } = headers;
  const fields: OutgoingHttpHeaders = {
    ':method': method,
    ':scheme': url.scheme === 'https' ? 'https' : 'http',
    ':authority': headers.get('host') ?? url.authority,
    ':path': url.target.startsWith('/') ? url.target : `/${url.target}`,
  };
  const dropped = namesIn(headers.get('connection'));
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i]!;
    if (!NOT_SENT.has(name) && !dropped.includes(name)) append(fields, name, pairs[i + 1]!);
  }
  if (headers.get('te')?.toLowerCase() === 'trailers') fields.te = 'trailers';
  const length = bodyLength(request);
  const framing = requestFraming(method, length);
  if (framing.kind === 'length') fields['content-length'] = String(framing.length);
  return { fields, bodyLength: length };
}

function append(fields: OutgoingHttpHeaders, name: string, value: string): void {
  const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (name === '__proto__')
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true });
  else if (before === undefined) fields[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else fields[name] = [String(before), value];
}
