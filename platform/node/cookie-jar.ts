import { type CookieJarOptions, CookieJar as PortableCookieJar } from '../../src/cookies/jar.ts';
import { publicSuffixList } from './public-suffix.ts';

/** The jar with the public suffix list. See {@link PortableCookieJar}. */
export class CookieJar extends PortableCookieJar {
  constructor(options: CookieJarOptions = {}) {
    super({ publicSuffixes: publicSuffixList, ...options });
  }
}
