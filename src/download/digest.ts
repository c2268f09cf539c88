import { fromBase64, toBase64 } from '../util/bytes.ts';
import type { DownloadTarget } from './target.ts';

/** The algorithms that are checked; RFC 9530 §5 calls the others insecure. */
export type DigestAlgorithm = 'sha-256' | 'sha-512';

/** What bytes must come to. */
export interface ExpectedDigest {
  readonly algorithm: DigestAlgorithm;
  /** In base64. */
  readonly value: string;
  /** Who says so, for the error: `Repr-Digest`, `option digest`. */
  readonly from: string;
}

const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha-256', 32],
  ['sha-512', 64],
]);

/**
 * The digests in a field of RFC 9530: `sha-256=:…:, sha-512=:…:`. What is no member of such a list, or of an algorithm that is
 * not checked, is passed over: a field that cannot be read proves nothing.
 */
export function digestsOf(value: string | null, from: string): ExpectedDigest[] {
  if (value === null) return [];
  return value.split(',').flatMap((member) => {
    const [, algorithm = '', text = ''] =
      /^\s*(sha-256|sha-512)\s*=\s*:([A-Za-z0-9+/=]*):/.exec(member) ?? [];
    return made(algorithm, fromBase64(text), from);
  });
}

/**
 * A digest as an application has it: as above, `sha256-BASE64` (of Subresource Integrity), `sha256:HEX`, or 64 or 128 hexadecimal
 * digits alone.
 * @throws TypeError for anything else
 */
export function givenDigest(text: string): ExpectedDigest[] {
  const from = 'the option digest';
  const fields = digestsOf(text, from);
  if (fields.length > 0) return fields;
  const [, bits = '', base64 = ''] = /^sha(256|512)-([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  const [, hex = ''] = /^(?:sha-?(?:256|512)[:=])?([0-9a-f]{64}|[0-9a-f]{128})$/i.exec(text.trim()) ?? [];
  const found =
    bits !== ''
      ? made(`sha-${bits}`, fromBase64(base64), from)
      : made(hex.length === 64 ? 'sha-256' : 'sha-512', bytesOfHex(hex), from);
  if (found.length > 0) return found;
  throw new TypeError(
    "download: option 'digest': expected 'sha-256=:BASE64:', 'sha256-BASE64', or 64 or 128 hexadecimal digits",
  );
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function made(algorithm: string, bytes: Uint8Array | undefined, from: string): ExpectedDigest[] {
  if (bytes === undefined || bytes.length !== LENGTHS.get(algorithm)) return [];
  return [{ algorithm: algorithm as DigestAlgorithm, value: toBase64(bytes), from }];
}

/** What a file has come to: its digests as a field of RFC 9530 has them, and what is wrong with them, in words. */
interface Verified {
  readonly digest: string;
  readonly fault: string | null;
}

/** Reads what is there, and compares. */
export async function verify(
  target: Pick<DownloadTarget<unknown>, 'digest' | 'tellsDigest'>,
  expected: readonly ExpectedDigest[],
): Promise<Verified> {
  const names = expected.map(({ algorithm }) => algorithm);
  const algorithms = [...new Set<DigestAlgorithm>(target.tellsDigest ? ['sha-256', ...names] : names)];
  const digests = algorithms.length === 0 ? new Map() : await target.digest(algorithms);
  const wrong = expected.find(({ algorithm, value }) => (digests.get(algorithm) ?? value) !== value);
  const fault =
    wrong === undefined
      ? null
      : `the ${wrong.algorithm} of what came is ${digests.get(wrong.algorithm)}, and not ${wrong.value}, as ${wrong.from} says`;
  return { digest: Array.from(digests, ([name, value]) => `${name}=:${value}:`).join(', '), fault };
}
