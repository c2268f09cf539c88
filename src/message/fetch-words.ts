const MODES = ['same-origin', 'no-cors', 'cors', 'navigate'] as const;
const CREDENTIALS = ['omit', 'same-origin', 'include'] as const;
const CACHES = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'] as const;
const REDIRECTS = ['follow', 'error', 'manual'] as const;
const REFERRER_POLICIES = [
  '',
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] as const;
const PRIORITIES = ['high', 'low', 'auto'] as const;
const DUPLEX = ['half'] as const;

/**
 * What the caller of a fetch has said about it in the words of WHATWG Fetch, checked, as plain data. A request that has them
 * follows the contract of fetch where that differs from Qt's; a platform that is a fetch itself is told the words.
 *
 * Their types are written out, because a project for Node has no types of the web.
 *
 * Source: https://fetch.spec.whatwg.org/#requestinit
 */
export interface FetchWords {
  readonly mode?: (typeof MODES)[number];
  readonly credentials?: (typeof CREDENTIALS)[number];
  readonly cache?: (typeof CACHES)[number];
  readonly redirect?: (typeof REDIRECTS)[number];
  /** A URL, `about:client` (the default), or empty for none. */
  readonly referrer?: string;
  readonly referrerPolicy?: (typeof REFERRER_POLICIES)[number];
  /** Subresource integrity metadata. */
  readonly integrity?: string;
  /** The request may outlive its page. */
  readonly keepalive?: boolean;
  readonly priority?: (typeof PRIORITIES)[number];
  readonly duplex?: (typeof DUPLEX)[number];
}

/** What each word may be. Those that are a text or a truth value are not listed. */
const CHOICES: Readonly<Partial<Record<keyof FetchWords, readonly string[]>>> = Object.freeze({
  mode: MODES,
  credentials: CREDENTIALS,
  cache: CACHES,
  redirect: REDIRECTS,
  referrerPolicy: REFERRER_POLICIES,
  priority: PRIORITIES,
  duplex: DUPLEX,
});

const NAMES: readonly (keyof FetchWords)[] = [
  ...(Object.keys(CHOICES) as (keyof FetchWords)[]),
  'referrer',
  'integrity',
  'keepalive',
];

const NO_WORDS: FetchWords = Object.freeze({});

/** Words that were checked already stay the same object. */
const checked = new WeakSet<object>([NO_WORDS]);

/** The platform's own Requests, by the words that were read of them: words are plain data, and these stay here. */
const requests = new WeakMap<FetchWords, Request>();

/** Keeps the Request that is sent where the platform takes one. */
export function bindRequest(words: FetchWords, request: Request): FetchWords {
  requests.set(words, request);
  return words;
}

/** The Request behind the words, where they are of one and the platform takes it. */
export function requestBehind(words: FetchWords | null): Request | null {
  return words === null ? null : (requests.get(words) ?? null);
}

/**
 * The words among the members of an object. `undefined` is nothing said; all else is converted as WebIDL does it.
 * @throws TypeError for a word that its member cannot be: `redirect: 'none'` must not follow
 */
export function fetchWords(said: object): FetchWords {
  let words: Record<string, unknown> | null = null;
  for (const name of NAMES) {
    const value: unknown = said[name as never];
    if (value === undefined) continue;
    words ??= {};
    words[name] = name === 'keepalive' ? Boolean(value) : wordOf(name, String(value));
  }
  if (words === null) return NO_WORDS;
  checked.add(words);
  return Object.freeze(words);
}

/** {@link fetchWords} of an object of the application's, whose own members alone count. */
export function ownFetchWords(said: object): FetchWords {
  return checked.has(said) ? (said as FetchWords) : fetchWords(Object.assign(Object.create(null), said));
}

function wordOf(name: keyof FetchWords, word: string): string {
  const choices = CHOICES[name];
  if (choices === undefined || choices.includes(word)) return word;
  const allowed = choices.map((choice) => `'${choice}'`).join(', ');
  throw new TypeError(`fetch: ${name} cannot be '${word}'; it is one of ${allowed}`);
}
