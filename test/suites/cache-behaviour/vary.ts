import { again, type Case, type Fields } from './case.ts';

const vary = (field: string, ...more: Fields): Fields => [
  ['Cache-Control', 'max-age=5000'],
  ['Last-Modified', -3000],
  ['Date', 0],
  ['Vary', field],
  ...more,
];

type Request = Readonly<Record<string, string>> | Fields;

const fields = (request: Request): Fields =>
  Array.isArray(request) ? (request as Fields) : Object.entries(request as Record<string, string>);

function row(id: string, header: Fields, before: Request, now: Request, from: 'cache' | 'origin'): Case {
  const kind = from === 'cache' ? 'optimal' : 'required';
  return again(id, kind, header, from, { headers: fields(now), first: { headers: fields(before), wait: 0 } });
}

const FOO = { Foo: '1' };
const TWO = { Foo: '1', Bar: 'abc' };
const THREE = { Foo: '1', Bar: 'abc', Baz: '789' };
const LANGUAGE = vary('Accept-Language');
const languages = (value: string) => ({ 'Accept-Language': value });

const selection: Case[] = [
  row('vary-match', vary('Foo'), FOO, FOO, 'cache'),
  row('vary-no-match', vary('Foo'), FOO, { Foo: '2' }, 'origin'),
  row('vary-omit-stored', vary('Foo'), {}, FOO, 'origin'),
  row('vary-omit', vary('Foo'), FOO, {}, 'origin'),
  row('vary-cache-key', vary('Foo'), { ...FOO, Other: '2' }, { ...FOO, Other: '3' }, 'cache'),
  row('vary-2-match', vary('Foo, Bar'), TWO, TWO, 'cache'),
  row('vary-2-no-match', vary('Foo, Bar'), TWO, { ...TWO, Foo: '2' }, 'origin'),
  row('vary-2-match-omit', vary('Foo, Bar'), TWO, {}, 'origin'),
  row('vary-3-match', vary('Foo, Bar, Baz'), THREE, THREE, 'cache'),
  row('vary-3-no-match', vary('Foo, Bar, Baz'), THREE, { ...THREE, Foo: '2' }, 'origin'),
  row('vary-3-order', vary('Foo, Bar, Baz'), THREE, { Foo: '1', Baz: '789', Bar: 'abcde' }, 'origin'),
  row('vary-3-omit', vary('Foo, Bar, Baz'), { Foo: '1', Baz: '789' }, { Foo: '1', Baz: '789' }, 'cache'),
  row('vary-star', vary('*'), THREE, THREE, 'origin'),
  row(
    'vary-normalise-combine',
    vary('Foo'),
    { Foo: '1, 2' },
    [
      ['Foo', '1'],
      ['Foo', '2'],
    ],
    'cache',
  ),
  row('vary-normalise-space', vary('Foo'), { Foo: '1,2' }, { Foo: ' 1, 2 ' }, 'cache'),
  row('vary-normalise-lang-order', LANGUAGE, languages('en, de'), languages('de, en'), 'cache'),
  row('vary-normalise-lang-case', LANGUAGE, languages('en, de'), languages('eN, De'), 'cache'),
  row('vary-normalise-lang-space', LANGUAGE, languages('en, de'), languages(' en ,   de'), 'cache'),
  row(
    'vary-normalise-lang-select',
    vary('Accept-Language', ['Content-Language', 'de']),
    languages('en, de'),
    languages('fr;q=0.5, de;q=1.0'),
    'cache',
  ),
];

const variants: Case = {
  id: 'vary-invalidate',
  kind: 'optimal',
  steps: [
    { headers: [['Foo', '1']], reply: { headers: vary('Foo'), body: 'foo 1' } },
    { headers: [['Foo', '2']], reply: { headers: vary('Foo'), body: 'foo 2' }, from: 'origin' },
    { headers: [['Foo', '1']], text: 'foo 1', from: 'cache' },
  ],
};

const syntax = (id: string, ...values: string[]): Case =>
  row(
    `vary-syntax-${id}`,
    [...vary('x').slice(0, 3), ...values.map((value) => ['Vary', value] as const)],
    THREE,
    THREE,
    'origin',
  );

export const varying: readonly Case[] = [
  ...selection,
  variants,
  syntax('star', '*'),
  syntax('star-star', '*, *'),
  syntax('star-star-lines', '*', '*'),
  syntax('empty-star', ', *'),
  syntax('empty-star-lines', '', '*'),
  syntax('star-foo', '*, Foo'),
  syntax('foo-star', 'Foo, *'),
];
