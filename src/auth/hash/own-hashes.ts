import { concatenate } from '../../util/concatenate.ts';
import { sha256 } from '../../util/sha256.ts';
import { bytesOfBinary, hexOf } from '../binary.ts';
import type { HashAlgorithm, HashFunctions } from './hash-functions.ts';
import { md5 } from './md5.ts';
import { sha512Over256 } from './sha512-256.ts';

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
