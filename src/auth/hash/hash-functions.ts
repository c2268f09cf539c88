/** The hashes of RFC 7616, by their names in HTTP, in lower case. */
export type HashAlgorithm = 'md5' | 'sha-256' | 'sha-512-256';

/** A hash over what comes in pieces. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. Called once. */
  hex(): string;
}

/** What a platform brings for authentication: Node its own `node:crypto`, everything else the small ones beside this file. */
export interface HashFunctions {
  /** Whether the platform has it: a Node under FIPS has no MD5. */
  has(algorithm: HashAlgorithm): boolean;
  /** The hash over characters as bytes, 0 to 255, in lower-case hexadecimal. */
  hex(algorithm: HashAlgorithm, binary: string): string;
  start(algorithm: HashAlgorithm): RunningHash;
}
