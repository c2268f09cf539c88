/** For conformance adapters and tests of the built code. Built as `dist/internal.js`, in no `exports`, not published. */

export { basicScheme } from '../../src/auth/basic.ts';
export { parseChallenges } from '../../src/auth/challenge.ts';
export { digestScheme } from '../../src/auth/digest.ts';
export { lmResponseOf, ntHash, ntProof, responseKey } from '../../src/auth/ntlm/response.ts';
export { parseCookieDate } from '../../src/cookies/cookie-date.ts';
export { parseStrictTransportSecurity } from '../../src/hsts/header.ts';
export { StrictTransportSecurity } from '../../src/hsts/strict-transport-security.ts';
export { canonicalHost } from '../../src/util/host.ts';
export { parseUrl } from '../../src/util/url.ts';
export { nodeHashes } from './auth/node-hashes.ts';
export { DiskCache } from './files/disk-cache.ts';
export { CookieJar, MemoryCache, NetworkAccessManager } from './index.ts';
export { publicSuffixList } from './public-suffix.ts';
