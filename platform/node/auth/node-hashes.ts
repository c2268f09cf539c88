import type { HashAlgorithm, HashFunctions } from '../../../src/auth/hash/hash-functions.ts';

const NAMES: Readonly<Record<HashAlgorithm, string>> = {
  md5: 'md5',
  'sha-256': 'sha256',
  'sha-512-256': 'sha512-256',
};

/** Those of OpenSSL, loaded with the first challenge that needs one. */
export const nodeHashes: HashFunctions = {
  has(algorithm) {
    try {
      hashOf(algorithm);
      return true;
    } catch {
      // FIPS: MD5 is not there.
      return false;
    }
  },
  hex: (algorithm, binary) => hashOf(algorithm).update(binary, 'latin1').digest('hex'),
  start(algorithm) {
    const hash = hashOf(algorithm);
    return {
      update: (bytes) => {
        hash.update(bytes);
      },
      hex: () => hash.digest('hex'),
    };
  },
};

function hashOf(algorithm: HashAlgorithm) {
  return process.getBuiltinModule('node:crypto').createHash(NAMES[algorithm]);
}
