import type { PublicSuffixList } from '../../src/cookies/public-suffix.ts';
import { getDomain } from './late-packages.cjs';

const OPTIONS = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };
const MAX_REMEMBERED = 4096;
const remembered = new Map<string, string | null>();

/** The public suffix list of the `tldts` package, private section included. What was asked last is remembered. */
export const publicSuffixList: PublicSuffixList = {
  registrableDomain(host) {
    let domain = remembered.get(host);
    if (domain === undefined) {
      domain = getDomain(host, OPTIONS);
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(host, domain);
    }
    return domain;
  },
};
