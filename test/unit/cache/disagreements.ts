import { parseHttpDate } from '../../../src/util/http-date.ts';
import { date, NOW } from './support.ts';

/** A response that was stored, and a request that came so many seconds later. Fields as records, names lower-case. */
export interface Scene {
  readonly first: Readonly<Record<string, string>>;
  readonly status: number;
  readonly response: Readonly<Record<string, string>>;
  readonly second: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** A class of scenes in which http-cache-semantics decides otherwise, and why we do not follow it. */
export interface Disagreement {
  readonly name: string;
  readonly why: string;
  readonly example: Scene;
  /** `used`: what we decide. */
  applies(scene: Scene, used: boolean): boolean;
}

const said = ({ response }: Scene): string => response['cache-control'] ?? '';
const asked = ({ second }: Scene): string => second['cache-control'] ?? '';
const scene = (
  response: Scene['response'],
  second: Scene['second'] = {},
  more: Partial<Scene> = {},
): Scene => {
  return { first: {}, status: 200, response, second, seconds: 0, ...more };
};
const FRESH = { 'cache-control': 'max-age=60' };
const isDate = (text: string | undefined): boolean => text === undefined || parseHttpDate(text, NOW) !== null;
const count = (text: string, directive: string): number =>
  text.split(',').filter((one) => one.trim().toLowerCase().startsWith(directive)).length;

export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    name: 'statuses that it does not know',
    why: 'RFC 9111 §3 lets any final status be stored that has explicit freshness; it stores a list of its own.',
    example: scene(FRESH, {}, { status: 500 }),
    applies: ({ status }, used) =>
      used && ![200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501].includes(status),
  },
  {
    name: 'stale-while-revalidate',
    why: 'RFC 5861 §3: the response is delivered and validated behind it. Its question is only for what needs no validation.',
    example: scene({ 'cache-control': 'max-age=1, stale-while-revalidate=60' }, {}, { seconds: 5 }),
    applies: (one, used) => used && said(one).includes('stale-while-revalidate'),
  },
  {
    name: 'max-stale at its very limit',
    why: 'RFC 9111 §5.2.1.2: "no more than the specified number of seconds" admits that number.',
    example: scene({}, { 'cache-control': 'max-stale=5' }, { seconds: 5 }),
    applies: (one, used) => used && /max-stale="?\d/.test(asked(one)),
  },
  {
    name: 'max-stale that is no number',
    why: 'The stricter reading: it permits nothing then.',
    example: scene({}, { 'cache-control': 'max-stale=1.5' }),
    applies: (one, used) => !used && /max-stale=(?!"?\d+"?(?:,|$))/.test(asked(one)),
  },
  {
    name: 'min-fresh=0 beside max-stale',
    why: 'It asks for no more than freshness (RFC 9111 §5.2.1.3), which max-stale waives.',
    example: scene({}, { 'cache-control': 'min-fresh=0, max-stale' }, { seconds: 60 }),
    applies: (one, used) => used && /min-fresh="?0/.test(asked(one)) && asked(one).includes('max-stale'),
  },
  {
    name: 'private as the permission to store',
    why: 'RFC 9111 §3: it is one for a cache that is not shared. It knows public only, and statuses of its own.',
    example: scene({ 'cache-control': 'private' }, { 'cache-control': 'max-stale' }, { status: 307 }),
    applies: (one, used) => used && said(one).includes('private') && [302, 307].includes(one.status),
  },
  {
    name: 'max-stale that is there twice',
    why: 'The stricter reading: of two permissions the smaller one.',
    example: scene({}, { 'cache-control': 'max-stale=0, max-stale' }),
    applies: (one, used) => !used && count(asked(one), 'max-stale') > 1,
  },
  {
    name: 'Pragma beside Cache-Control',
    why: 'RFC 9111 §5.4: Pragma is to be ignored where there is Cache-Control.',
    example: scene(FRESH, { 'cache-control': 'foo', pragma: 'no-cache' }),
    applies: ({ second }, used) =>
      used && second.pragma === 'no-cache' && second['cache-control'] !== undefined,
  },
  {
    name: 'Pragma in a response, and max-stale',
    why: 'It is read as no-cache, which no max-stale overrules (RFC 9111 §5.2.1.2).',
    example: scene({ pragma: 'no-cache' }, { 'cache-control': 'max-stale' }),
    applies: ({ response }, used) =>
      !used && response.pragma === 'no-cache' && response['cache-control'] === undefined,
  },
  {
    name: 'names of directives in capitals',
    why: 'RFC 9111 §5.2: they are case-insensitive.',
    example: scene({ 'cache-control': 'Max-Age=60' }),
    applies: (one) => said(one).includes('Max-Age'),
  },
  {
    name: 'a number that is none, or there twice',
    why: 'RFC 9111 §4.2.1: such freshness is to be taken for stale, and of two the stricter counts.',
    example: scene({ 'cache-control': 'max-age=1.5' }),
    applies: (one, used) =>
      !used && (/max-age=(?!"?\d+"?(?:,|$))/i.test(said(one)) || count(said(one), 'max-age') > 1),
  },
  {
    name: 'a number of the request that is none, or there twice',
    why: 'The stricter reading again: max-age is 0 then, and min-fresh never met.',
    example: scene({ 'cache-control': 'max-age=3600' }, { 'cache-control': 'min-fresh=x' }),
    applies: (one, used) =>
      !used &&
      (/(?:max-age|min-fresh)=(?!\d+(?:,|$))/.test(asked(one)) ||
        count(asked(one), 'max-age') > 1 ||
        count(asked(one), 'min-fresh') > 1),
  },
  {
    name: 'an age that equals max-age of the request',
    why: 'RFC 9111 §5.2.1.1: "less than or equal". Without a number it is 0, which an age of 0 meets.',
    example: scene(FRESH, { 'cache-control': 'max-age=-1' }),
    applies: (one, used) => used && /max-age=/.test(asked(one)),
  },
  {
    name: 'no-store in the request',
    why: 'Whoever does not want to leave a trace is not answered from one (RFC 9111 §5.2.1.5 permits both).',
    example: scene(FRESH, { 'cache-control': 'no-store' }),
    applies: (one, used) => !used && asked(one).includes('no-store'),
  },
  {
    name: 'immutable without a lifetime',
    why: 'RFC 8246 §2 is about the freshness lifetime that there is; it invents one of a day.',
    example: scene({ 'cache-control': 'immutable' }),
    applies: (one, used) => !used && said(one).includes('immutable'),
  },
  {
    name: 'immutable against a reload',
    why: 'RFC 8246 §2: a reload (max-age) does not validate what cannot change while it is fresh.',
    example: scene(
      { 'cache-control': 'max-age=60, immutable' },
      { 'cache-control': 'max-age=1' },
      { seconds: 5 },
    ),
    applies: (one, used) => used && said(one).includes('immutable'),
  },
  {
    name: 'no-cache and max-stale',
    why: 'RFC 9111 §5.2.2.4: not without validation, whatever the request accepts.',
    example: scene({ 'cache-control': 'no-cache' }, { 'cache-control': 'max-stale' }),
    applies: (one, used) => !used && /no-cache/.test(said(one)) && asked(one).includes('max-stale'),
  },
  {
    name: 'must-revalidate while fresh',
    why: 'RFC 9111 §5.2.2.2: once it has become stale, and not before.',
    example: scene({ 'cache-control': 'must-revalidate', expires: date(60) }),
    applies: (one, used) => used && said(one).includes('must-revalidate'),
  },
  {
    name: 'must-understand',
    why: 'RFC 9111 §5.2.2.3: it lifts no-store where the status is understood, and forbids storing where it is not.',
    example: scene({ 'cache-control': 'max-age=60, no-store, must-understand' }),
    applies: (one) => said(one).includes('must-understand'),
  },
  {
    name: 'dates that are none',
    why: 'RFC 9110 §5.6.7 has three forms; it takes what Date.parse takes, "0" for a day in 2000 above all.',
    example: scene({ 'last-modified': '0' }),
    applies: ({ response }) =>
      !isDate(response.expires) || !isDate(response.date) || !isDate(response['last-modified']),
  },
  {
    name: 'a Date in the past is an age',
    why: 'RFC 9111 §4.2.3: apparent_age. It only looks at Age.',
    example: scene({ 'cache-control': 'max-age=60', date: date(-3600) }),
    applies: ({ response }, used) => !used && response.date !== undefined && response.date !== date(0),
  },
  {
    name: 'heuristics of more than a day',
    why: 'A tenth of the time since Last-Modified, but never above a day.',
    example: scene({ 'last-modified': date(-100_000 * 20) }, {}, { seconds: 100_000 }),
    applies: ({ response, seconds }, used) =>
      !used && response['last-modified'] !== undefined && seconds >= 86_400,
  },
  {
    name: 'an Age that is none, or several',
    why: 'RFC 9111 §5.1: a bad one is ignored, of a list the first member counts.',
    example: scene({ age: '-5' }),
    applies: ({ response }) => response.age !== undefined && !/^\d+$/.test(response.age),
  },
  {
    name: 'the preferred language',
    why: 'RFC 9111 §4.1 lets values be normalised: order and case of languages say nothing.',
    example: scene(
      { ...FRESH, vary: 'accept-language' },
      { 'accept-language': 'DE' },
      { first: { 'accept-language': 'de' } },
    ),
    applies: ({ response }, used) => used && /accept-language/i.test(response.vary ?? ''),
  },
];
