import { type CookieJarOptions, CookieJar as NeutralCookieJar } from '../../src/cookies/jar.ts';
import { publicSuffixList } from './public-suffix.ts';

/** The cookie jar, with the public suffix list that a page does not need. */
export class CookieJar extends NeutralCookieJar {
  constructor(options: CookieJarOptions = {}) {
    super({ ...options, publicSuffixes: options.publicSuffixes ?? publicSuffixList });
  }
}
