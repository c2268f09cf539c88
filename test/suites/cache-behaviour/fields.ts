import { again, type Case, type Fields, FRESH, PAUSE, type Step } from './case.ts';

const CC = 'Cache-Control';

interface Field {
  readonly values?: readonly [string, string];
  readonly stored?: false;
  /** After a 304: taken over, or kept. What is not said may do either. */
  readonly update?: 'required' | 'forbidden';
}

const MD5: readonly [string, string] = ['rL0Y20zC+Fzt72VPzMSk2A==', 'N7UdGUp1E+RbVvZSTy1R8g=='];

const FIELDS: Readonly<Record<string, Field>> = {
  'Test-Header': { update: 'required' },
  'X-Test-Header': { update: 'required' },
  'Content-Foo': { update: 'required' },
  'X-Content-Foo': { update: 'required' },
  [CC]: { values: ['max-age=1', 'max-age=3600'], update: 'required' },
  Connection: { stored: false },
  'Content-Encoding': {},
  'Content-Length': { values: ['5', '10'], update: 'forbidden' },
  'Content-Location': { values: ['/foo', '/bar'] },
  'Content-MD5': { values: MD5 },
  'Content-Range': {},
  'Content-Security-Policy': { values: ["default-src 'self'", "default-src 'self' cdn.example.com"] },
  'Content-Type': { values: ['text/plain', 'text/plain;charset=utf-8'] },
  'Clear-Site-Data': { values: ['cache', 'cookies'] },
  ETag: { values: ['"abcdef"', '"ghijkl"'] },
  Expires: { values: ['Fri, 01 Jan 2038 01:01:01 GMT', 'Mon, 11 Jan 2038 11:11:11 GMT'] },
  'Keep-Alive': { stored: false },
  'Proxy-Authenticate': { stored: false },
  'Proxy-Authentication-Info': { stored: false },
  'Proxy-Authorization': { stored: false },
  'Proxy-Connection': { stored: false },
  'Public-Key-Pins': {},
  // Ours differs from the public suite: a hit hands out no session again.
  'Set-Cookie': { values: ['a=b', 'a=c'], stored: false },
  'Set-Cookie2': { values: ['a=b', 'a=c'], stored: false },
  TE: { stored: false },
  'Transfer-Encoding': { stored: false },
  Upgrade: { stored: false },
  'X-Frame-Options': { values: ['deny', 'sameorigin'] },
  'X-XSS-Protection': { values: ['1', '1; mode=block'] },
};

const valuesOf = (name: string, { values }: Field): readonly [string, string] =>
  values ?? [`${name.toLowerCase()}-a`, `${name.toLowerCase()}-b`];

/** A length that is not that of the body ends it there. */
const textOf = (name: string): Pick<Step, 'text'> => (name === 'Content-Length' ? { text: 'ANY' } : {});

const stores = Object.entries(FIELDS).map(([name, field]): Case => {
  const value = valuesOf(name, field)[1];
  const headers: Fields = [['Date', 0], [name, value], ...fresh(name, 'max-age=3600')];
  const expected = field.stored === false ? { lacks: [name] } : { has: { [name]: value } };
  return again(`headers-store-${name}`, 'required', headers, 'cache', {
    ...expected,
    ...textOf(name),
    first: textOf(name),
  });
});

const updates = Object.entries(FIELDS)
  .filter(([, { update }]) => update !== undefined)
  .map(([name, field]): Case => {
    const [before, after] = valuesOf(name, field);
    const has = { [name]: field.update === 'required' ? after : before };
    const headers = (value: string): Fields => [
      ['Date', 0],
      [name, value],
      ...fresh(name, 'max-age=2'),
      ['ETag', '"1"'],
    ];
    return {
      id: `304-etag-update-response-${name}`,
      kind: 'required',
      steps: [
        { reply: { headers: headers(before) }, wait: PAUSE, ...textOf(name) },
        { reply: { headers: headers(after) }, from: 'etag', has, ...textOf(name) },
        { from: 'cache', has, ...textOf(name) },
      ],
    };
  });

function fresh(name: string, control: string): Fields {
  return name === CC ? [] : [[CC, control]];
}

const LAST_MODIFIED = 'Wed, 01 Jan 2020 00:00:00 GMT';

export const fields: readonly Case[] = [
  ...stores,
  ...updates,
  {
    id: '304-lm-use-stored-Test-Header',
    kind: 'required',
    steps: [
      {
        reply: {
          headers: [
            [CC, 'max-age=2'],
            ['Last-Modified', LAST_MODIFIED],
            ['Date', 0],
            ['Test-Header', 'a'],
          ],
        },
        wait: PAUSE,
      },
      {
        reply: {
          headers: [
            ['Last-Modified', LAST_MODIFIED],
            ['Date', 0],
          ],
        },
        from: 'modified',
        has: { 'test-header': 'a' },
      },
    ],
  },
  again(
    'headers-omit-headers-listed-in-Connection',
    'required',
    [...FRESH, ['Connection', 'a, b'], ['a', '1'], ['b', '2'], ['c', '3']],
    'cache',
    { has: { c: '3' }, lacks: ['a', 'b'] },
  ),
];
