import { describe, expect, test } from 'vitest';
import type { BodyInput } from '../../../src/message/body-input.ts';
import { toRequestBody } from '../../../src/message/request-body.ts';
import type { RequestOptions } from '../../../src/options.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { FORBIDDEN_BY_FETCH, forbiddenField } from '../../../src/transport/forbidden-field.ts';
import { isPlain } from '../../../src/transport/is-plain.ts';
import { makeRequest } from '../../support/fixtures.ts';

const judge = (init: Parameters<typeof makeRequest>[0]): boolean =>
  isPlain(makeRequest(init), DEFAULT_OPTIONS);

describe('a request is plain', () => {
  test.each<[string, Parameters<typeof makeRequest>[0]]>([
    ['that says nothing', {}],
    ['over TLS', { url: 'https://origin.test/path?query#fragment' }],
    ['with fields of its own', { headers: { Accept: '*/*', Authorization: 'Bearer t', 'X-Key': 'k' } }],
    ['with options that only its reply or the queue looks at', { options: { priority: 'high' } }],
    ['that throws no HTTP errors', { options: { throwHttpErrors: false, readBufferSize: 10 } }],
    ['of a manager with another limit', { options: { connectionsPerHost: 2 } }],
  ])('%s', (_name, init) => {
    expect(judge(init)).toBe(true);
  });

  test.each([
    ['GET', null, true],
    ['DELETE', null, true],
    ['PATCH', 'text', true],
    ['POST', Uint8Array.of(1), true],
    ['POST', new URLSearchParams('a=b'), true],
    ['GET', 'text', false],
    ['HEAD', 'text', false],
    ['TRACE', null, false],
    ['post', 'text', false],
    ['DELETE', 'text', false],
    ['track', null, false],
    ['OPTIONS', null, true],
    ['PUT', '', true],
    ['POST', new Blob(['x']), false],
    ['POST', new Blob(['x']).stream(), false],
  ] satisfies [string, BodyInput | null, boolean][])(
    'by method and body: %s %s, %s',
    (method, body, plain) => {
      expect(judge({ method, body: body === null ? null : toRequestBody(body) })).toBe(plain);
    },
  );
});

describe('a request is not plain', () => {
  test.each(['data:,x', 'app://host/', 'preconnect-https://origin.test/', 'unix+http://%2Fsocket/'])(
    'of the scheme of %s',
    (url) => {
      expect(judge({ url })).toBe(false);
    },
  );

  const indifferent = new Set<string>([
    ...['throwHttpErrors', 'priority', 'readBufferSize', 'signal'],
    ...['connectionsPerHost', 'headers'],
  ]);
  const names = Object.keys(DEFAULT_OPTIONS) as (keyof RequestOptions)[];
  test.each(names.filter((name) => !indifferent.has(name)))('with the option %s', (name) => {
    expect(judge({ options: { [name]: 'other' } as never })).toBe(false);
  });

  test.each(FORBIDDEN_BY_FETCH.map((name) => name.replace('*', 'any')))(
    'with the field %s, which a browser keeps to itself',
    (name) => {
      expect(forbiddenField(makeRequest({ headers: { [name]: 'x' } }).headers, 'fetch')).toBe(name);
      expect(judge({ headers: { [name]: 'x' } })).toBe(false);
    },
  );

  test.each([
    'accept-language',
    'range',
    'if-match',
    'cache-control',
    'pragma',
    'upgrade-insecure-requests',
    'ifx',
    'xkey',
  ])('with the field %s', (name) => {
    expect(judge({ headers: { [name]: 'x' } })).toBe(false);
  });
});
