/**
 * Top-level domains that are preloaded as a whole, with all their subdomains: what every browser ships, for the option
 * `preloadedTopLevelDomains`. They were preloaded at the wish of their registries and before anybody could register below
 * them, so no name there was ever meant for http.
 *
 * Source: entries with `"policy": "public-suffix"` and `"mode": "force-https"` that are top-level domains, in
 * https://chromium.googlesource.com/chromium/src/+/main/net/http/transport_security_state_static.json
 */
export const PRELOADED_TOP_LEVEL_DOMAINS: readonly string[] = [
  'android',
  'app',
  'azure',
  'bank',
  'bing',
  'boo',
  'channel',
  'chrome',
  'dad',
  'day',
  'dev',
  'eat',
  'esq',
  'fly',
  'foo',
  'gle',
  'gmail',
  'google',
  'hangout',
  'hotmail',
  'ing',
  'insurance',
  'meet',
  'meme',
  'microsoft',
  'mov',
  'new',
  'nexus',
  'office',
  'page',
  'phd',
  'play',
  'prof',
  'rsvp',
  'search',
  'skype',
  'windows',
  'xbox',
  'youtube',
  'zip',
];
