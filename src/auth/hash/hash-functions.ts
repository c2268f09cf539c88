import { concatenate } from '../../util/bytes.ts';
import { sha256 } from '../../util/sha256.ts';
import { bytesOfBinary, hexOf } from '../binary.ts';
import { md5 } from './md5.ts';
import { sha512Over256 } from './sha512-256.ts';

/** The hashes of RFC 7616, by their names in HTTP, in lower case. */
export type HashAlgorithm = 'md5' | 'sha-256' | 'sha-512-256';

/** A hash over what comes in pieces. */
interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. Called once. */
  hex(): string;
}

/** What a platform brings for authentication: Node its own `node:crypto`, everything else {@link ownHashes}. */
export interface HashFunctions {
  /** Whether the platform has it: a Node under FIPS has no MD5. */
  has(algorithm: HashAlgorithm): boolean;
  /** The hash over characters as bytes, 0 to 255, in lower-case hexadecimal. */
  hex(algorithm: HashAlgorithm, binary: string): string;
  start(algorithm: HashAlgorithm): RunningHash;
}

const FUNCTIONS: Readonly<Record<HashAlgorithm, (message: Uint8Array) => Uint8Array>> = {
  md5,
  'sha-256': sha256,
  'sha-512-256': sha512Over256,
};

/**
 * Hashes of our own, for platforms whose Web Crypto has one of the three and that one asynchronously. Small rather than
 * fast, and held together with `node:crypto` by tests.
 */
export const ownHashes: HashFunctions = {
  has: () => true,
  hex: (algorithm, binary) => hexOf(FUNCTIONS[algorithm](bytesOfBinary(binary))),
  start: (algorithm) => {
    const chunks: Uint8Array[] = [];
    return {
      update: (bytes) => {
        chunks.push(bytes.slice());
      },
      hex: () => hexOf(FUNCTIONS[algorithm](concatenate(chunks))),
    };
  },
};
