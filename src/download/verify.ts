import type { DigestAlgorithm, ExpectedDigest } from './digest.ts';
import type { DownloadTarget } from './target.ts';

/** What a file has come to: its digests as a field of RFC 9530 has them, and what is wrong with them, in words. */
export interface Verified {
  readonly digest: string;
  readonly fault: string | null;
}

/** Reads what is there, and compares. SHA-256 is always told. */
export async function verify(
  target: Pick<DownloadTarget<unknown>, 'digest'>,
  expected: readonly ExpectedDigest[],
): Promise<Verified> {
  const names = ['sha-256', ...expected.map(({ algorithm }) => algorithm)] as DigestAlgorithm[];
  const algorithms = [...new Set(names)];
  const digests = await target.digest(algorithms);
  const wrong = expected.find(({ algorithm, value }) => digests.get(algorithm) !== value);
  const fault =
    wrong === undefined
      ? null
      : `the ${wrong.algorithm} of what came is ${digests.get(wrong.algorithm)}, and not ${wrong.value}, as ${wrong.from} says`;
  return { digest: algorithms.map((name) => `${name}=:${digests.get(name)}:`).join(', '), fault };
}
