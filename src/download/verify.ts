import type { DigestAlgorithm, ExpectedDigest } from './digest.ts';
import type { DownloadTarget } from './target.ts';

/** What a file has come to: its digests as a field of RFC 9530 has them, and what is wrong with them, in words. */
export interface Verified {
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
