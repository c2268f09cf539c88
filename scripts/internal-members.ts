/**
 * Names of members that only our own code meets. The sets for bundlers are published with short ones in their place, which
 * no bundler can do: it does not know who else uses a member. `test/architecture` knows, and refuses a name that an
 * application or the platform uses, that is kept or sent, or that is not used any more.
 */
const INTERNAL_MEMBERS: readonly string[] = [
  'abandon',
  'acceptOptions',
  'admit',
  'atHead',
  'available',
  'bufferSize',
  'canceler',
  'chunks',
  'claimed',
  'configure',
  'convert',
  'convertEarly',
  'createSources',
  'createTransport',
  'decodeText',
  'defaults',
  'early',
  'final',
  'forbid',
  'form',
  'hasBody',
  'isBodyClaimed',
  'isNews',
  'looksOnly',
  'original',
  'owner',
  'parseUrl',
  'perKey',
  'place',
  'poll',
  'promise',
  'promised',
  'realQueue',
  'release',
  'reopen',
  'reply',
  'showHead',
  'startSoon',
  'takeAll',
  'tell',
  'toError',
  'toRequestBody',
  'toResponse',
  'toStream',
  'underWay',
  'unread',
  'upload',
  'wake',
  'wire',
];

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Each, and the letter that it is called by in what is published. We have no names of one letter ourselves. */
export const SHORT_MEMBERS: Readonly<Record<string, string>> = Object.fromEntries(
  INTERNAL_MEMBERS.map((name, i) => [name, LETTERS.charAt(i)]),
);
