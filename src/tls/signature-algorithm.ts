/**
 * The object identifier of the algorithm that a certificate is signed with (RFC 5280 §4.1.1.2), read from its DER, or null
 * when that is not what it should be: Node tells it from 24 on only.
 *
 *     Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { algorithm OBJECT IDENTIFIER …
 */
export function signatureAlgorithmOf(der: Uint8Array): string | null {
  const certificate = elementAt(der, 0, SEQUENCE);
  const signed = certificate && elementAt(der, certificate.start, SEQUENCE);
  const algorithm = signed && elementAt(der, signed.end, SEQUENCE);
  const identifier = algorithm && elementAt(der, algorithm.start, OBJECT_IDENTIFIER);
  return identifier ? dotted(der.subarray(identifier.start, identifier.end)) : null;
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;

/** Where the content of an element begins and ends (X.690 §8.1). */
interface Element {
  readonly start: number;
  readonly end: number;
}

function elementAt(der: Uint8Array, offset: number, tag: number): Element | null {
  if (der[offset] !== tag) return null;
  const first = der[offset + 1];
  if (first === undefined) return null;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  // Four bytes are more than any certificate; an indefinite length is not DER.
  if (lengthBytes > 4 || first === 0x80) return null;
  const start = offset + 2 + lengthBytes;
  let length = lengthBytes === 0 ? first : 0;
  for (let index = offset + 2; index < start; index++) length = length * 256 + (der[index] ?? 0);
  const end = start + length;
  return end <= der.length ? { start, end } : null;
}

/** Base 128, the first two arcs in one (X.690 §8.19). */
function dotted(bytes: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of bytes) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}
