import { type MimeType, parseMimeType } from '../message/mime-type.ts';

export interface DataUrl {
  readonly mimeType: MimeType;
  readonly body: Uint8Array;
}

/**
 * What a `data:` URL holds, or null when it is malformed.
 *
 * Source: https://fetch.spec.whatwg.org/#data-url-processor
 *
 * @param text the serialised URL (ASCII, therefore) without `data:` and fragment
 */
export function parseDataUrl(text: string): DataUrl | null {
  const comma = text.indexOf(',');
  if (comma < 0) return null;
  // Control characters are escaped in a serialised URL: spaces are all the white space there is.
  const type = text.slice(0, comma).trim();
  const base64 = BASE64.exec(type);
  const body = decodeBody(text.slice(comma + 1), base64 !== null);
  if (body === null) return null;
  return { mimeType: parseType(base64 === null ? type : type.slice(0, base64.index)), body };
}

const BASE64 = /; *base64$/i;
const FALLBACK: MimeType = { essence: 'text/plain', parameters: new Map([['charset', 'US-ASCII']]) };

function parseType(type: string): MimeType {
  return parseMimeType(type.startsWith(';') ? `text/plain${type}` : type) ?? FALLBACK;
}

function decodeBody(encoded: string, base64: boolean): Uint8Array | null {
  const text = encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  if (!base64) return latin1Bytes(text);
  try {
    // Forgiving-base64 decode, https://infra.spec.whatwg.org/#forgiving-base64-decode
    return latin1Bytes(atob(text));
  } catch {
    return null;
  }
}

function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
