import { listMembers } from '../../message/field-lexer.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import type { ResponseMetadata } from '../storage/metadata.ts';

/** Codings that servers choose by Accept-Encoding. Other words in Content-Encoding (`aws-chunked`, `utf-8`) are no choice. */
const NEGOTIATED = new Set(['gzip', 'deflate', 'br', 'zstd', 'compress', 'dcb', 'dcz']);

/** The Content-Encoding of a stored response in one spelling; empty for none. */
export function storedCoding({ headers }: ResponseMetadata): string {
  const codings: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'content-encoding') codings.push(...listMembers(headers[i + 1]!));
  }
  return codings.map(codingName).join(',');
}

/** The Content-Encoding of a response that has arrived, comparable with {@link storedCoding}. */
export function receivedCoding(headers: HttpHeaders): string {
  return listMembers(headers.get('content-encoding') ?? '')
    .map(codingName)
    .join(',');
}

/**
 * Whether the request rules out none of the codings that a stored response has (RFC 9110 §12.5.3). Servers that negotiate
 * without `Vary` are many (nginx with `gzip on`), so that alone does not tell representations apart.
 */
export function acceptsCoding(request: HttpHeaders, metadata: ResponseMetadata): boolean {
  const coding = storedCoding(metadata);
  if (coding === '') return true;
  const accepted = request.get('accept-encoding');
  // Without the field any coding will do.
  if (accepted === null) return true;
  const weights = weightsOf(accepted);
  return coding
    .split(',')
    .filter((one) => NEGOTIATED.has(one))
    .every((one) => (weights.get(one) ?? weights.get('*') ?? 0) > 0);
}

/**
 * The field, flat, that asks for more bytes of a representation in no other coding than the stored ones have; none for a
 * coding that the request accepts.
 */
export function sameCoding(metadata: ResponseMetadata): string[] {
  return storedCoding(metadata) === '' ? ['accept-encoding', 'identity'] : [];
}

function weightsOf(field: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const member of listMembers(field)) {
    const [name, ...parameters] = member.split(';');
    const weight = parameters.map((one) => /^\s*q\s*=\s*([\d.]+)\s*$/i.exec(one)?.[1]).find(Boolean);
    weights.set(codingName(name!), weight === undefined ? 1 : Number(weight) || 0);
  }
  return weights;
}

/** RFC 9110 §8.4.1: `x-gzip` and `x-compress` are the same codings. */
function codingName(coding: string): string {
  return coding.trim().toLowerCase().replace(/^x-/, '');
}
