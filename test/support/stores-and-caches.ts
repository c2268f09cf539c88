/**
 * The tests of what keeps files: stores, caches, claims, leases and what is built on them. They run twice, on the disk that
 * there is and on one with the rules of Windows (`windows-fs.ts`). The test of the architecture finds those that are missing.
 */
export const STORES_AND_CACHES = [
  'test/node/cache-*.test.ts',
  'test/node/cookie-jar.test.ts',
  'test/node/disk-cache*.test.ts',
  'test/node/file-store*.test.ts',
  'test/node/hsts*.test.ts',
  'test/node/own-files.test.ts',
  'test/node/replace-file.test.ts',
];
