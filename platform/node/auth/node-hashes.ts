import { isAscii } from '../../../src/auth/binary.ts';
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
  hex: hexOf,
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

/** Node 20.12 and later have one call for it, which takes half of the time. It takes texts as UTF-8, which is the same for ASCII. */
function hexOf(algorithm: HashAlgorithm, binary: string): string {
  const { hash } = crypto() as Partial<Crypto>;
  return hash === undefined
    ? hashOf(algorithm).update(binary, 'latin1').digest('hex')
    : hash(NAMES[algorithm], isAscii(binary) ? binary : Buffer.from(binary, 'latin1'), 'hex');
}

function hashOf(algorithm: HashAlgorithm) {
  return crypto().createHash(NAMES[algorithm]);
}

type Crypto = typeof import('node:crypto');
let loaded: Crypto | null = null;

function crypto(): Crypto {
  loaded ??= process.getBuiltinModule('node:crypto');
  return loaded;
}
