import type { HopHead } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import { NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import { parseMimeType } from '../message/mime-type.ts';
import { decodeUtf8 } from '../util/bytes.ts';
import { requestName } from './error-sentence.ts';
import type { TextDecoding } from './reply-source.ts';

const UTF_8 = 'utf-8';

export const platformDecoding: TextDecoding = {
  decodeUtf8,
  createDecoder: (label) => new TextDecoder(label),
};

/** A body that is to become text. */
export interface TextSource {
  readonly request: HttpRequest;
  readonly head: HopHead | null;
  readonly decoding: TextDecoding;
}

/**
 * The encoding that the byte order mark of a body tells, or null. It wins over every label.
 *
 * Source: https://encoding.spec.whatwg.org/#bom-sniff
 */
export function encodingOfMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return UTF_8;
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : null;
}

/** The label in the Content-Type of a response, or that of UTF-8. */
export function charsetOf(head: HopHead | null): string {
  const type = head === null ? null : HttpHeaders.adopt(head.headers).get('content-type');
  // Most types have none.
  if (type === null || !/charset/i.test(type)) return UTF_8;
  return parseMimeType(type)?.parameters.get('charset') ?? UTF_8;
}

/** What decodes that; UTF-8 where the Encoding Standard does not know the label. */
export function decoderFor(label: string, { createDecoder }: TextDecoding): TextDecoder {
  try {
    return createDecoder(label);
  } catch {
    return createDecoder(UTF_8);
  }
}

/**
 * The rest of a text. In two steps, because Node 20 has a short way for a latin1 text that comes whole, which knows nothing of
 * 0x80 to 0x9F.
 */
export function decodeToEnd(decoder: TextDecoder, bytes: Uint8Array): string {
  return decoder.decode(bytes, { stream: true }) + decoder.decode();
}

/**
 * The body in the encoding of its byte order mark, else of its Content-Type, else as UTF-8.
 *
 * Source: https://encoding.spec.whatwg.org/#decode
 * @throws NetworkError unknown-content when there is more of it than a string can hold
 */
export function textOf(bytes: Uint8Array, source: TextSource): string {
  const label = encodingOfMark(bytes) ?? charsetOf(source.head);
  if (/^utf-?8$/i.test(label)) return utf8Of(bytes, source);
  const decoder = decoderFor(label, source.decoding);
  return inOneString(bytes, source, () => decodeToEnd(decoder, bytes));
}

/**
 * The body as UTF-8, which JSON is whatever its Content-Type says (RFC 8259 §8.1).
 * @throws NetworkError unknown-content when there is more of it than a string can hold
 */
export function utf8Of(bytes: Uint8Array, source: TextSource): string {
  return inOneString(bytes, source, source.decoding.decodeUtf8);
}

/** Engines have strings of 2^29 to 2^30 characters at most, and an error each of their own for a longer one. */
function inOneString(
  bytes: Uint8Array,
  { request, head }: TextSource,
  decode: (bytes: Uint8Array) => string,
): string {
  try {
    return decode(bytes);
  } catch (cause) {
    const url = head?.url ?? request.url.href;
    const what = `was answered with ${bytes.length} bytes, which is more than one string can hold`;
    throw new NetworkError(
      'unknown-content',
      `${requestName(request.method, url)} ${what}: read it as it arrives, or use bytes()`,
      { url, status: head?.status, cause },
    );
  }
}
