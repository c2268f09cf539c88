import { checkOptions } from '../../src/checks/checker.ts';
import {
  COOKIE_JAR_CHECKS,
  type CookieJarOptions,
  CookieJar as NeutralCookieJar,
} from '../../src/cookies/jar.ts';
import { publicSuffixList } from './public-suffix.ts';

/** The cookie jar, with the public suffix list that a page does not need. */
export class CookieJar extends NeutralCookieJar {
  constructor(options: CookieJarOptions = {}) {
    super({ publicSuffixes: publicSuffixList, ...checkOptions('CookieJar', options, COOKIE_JAR_CHECKS) });
  }
}
