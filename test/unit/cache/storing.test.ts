import { describe, expect, test } from 'vitest';
import { describesStored, freshen } from '../../../src/cache/rules/freshening.ts';
import { describeForStorage, invalidatedUrls } from '../../../src/cache/rules/storage-rules.ts';
import { confirms } from '../../../src/cache/rules/validators.ts';
import { metadataFromRecord } from '../../../src/cache/storage/metadata-record.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { EMPTY_BODY } from '../../../src/message/body.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import { type HeadersInput, HttpHeaders } from '../../../src/message/headers.ts';
import { parseUrl } from '../../../src/util/url.ts';
import { date, NOW, stored } from './support.ts';

const CC = 'cache-control';
const TIMES = { requestTime: NOW - 5, responseTime: NOW };
const FRESH = { [CC]: 'max-age=60' };

function request(headers: HeadersInput = {}, init: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url: parseUrl('https://a.test/dir/page#fragment'),
    headers: new HttpHeaders(headers),
    body: null,
    options: { useCredentials: false } as HttpRequest['options'],
    own: {},
    ...init,
  };
}

function response(status: number, headers: HeadersInput, init: Partial<HttpResponse> = {}): HttpResponse {
  return {
    url: parseUrl('https://a.test/dir/page'),
    status,
    reason: 'OK',
    httpVersion: '1.1',
    headers: new HttpHeaders(headers),
    body: EMPTY_BODY,
    security: UNTOLD_SECURITY,
    source: 'network',
    ...init,
  };
}

const describeIt = (req: HttpRequest, res: HttpResponse) => describeForStorage(req, res, '', TIMES);

describe('describeForStorage', () => {
  test.each<[string, boolean, HttpRequest, HttpResponse]>([
    ['explicit freshness', true, request(), response(200, FRESH)],
    ['no freshness, for those who want the cache only', true, request(), response(200, {})],
    ['any final status with explicit freshness', true, request(), response(599, FRESH)],
    ['an error without', false, request(), response(500, {})],
    ['public', true, request(), response(599, { [CC]: 'public' })],
    ['s-maxage alone is not for us', false, request(), response(599, { [CC]: 's-maxage=60' })],
    ['private', true, request(), response(200, { [CC]: 'private' })],
    ['private=""', true, request(), response(200, { [CC]: 'private="", max-age=9' })],
    ['no-store', false, request(), response(200, { [CC]: 'max-age=60, no-store' })],
    ['no-store of the request', false, request({ [CC]: 'no-store' }), response(200, FRESH)],
    ['no-cache', true, request(), response(200, { [CC]: 'no-cache', etag: '"e"' })],
    ['no-cache without a validator', false, request(), response(200, { [CC]: 'no-cache' })],
    [
      'a body that does not end',
      false,
      request(),
      response(200, { ...FRESH, 'content-type': 'text/event-stream' }),
    ],
    [
      'must-understand over no-store',
      true,
      request(),
      response(200, { [CC]: 'max-age=60, no-store, must-understand' }),
    ],
    [
      'must-understand of what is not',
      false,
      request(),
      response(599, { [CC]: 'max-age=60, must-understand' }),
    ],
    ['Vary: *', false, request(), response(200, { ...FRESH, vary: '*' })],
    ['an authorised request', true, request({ authorization: 'x' }), response(200, FRESH)],
    ['HEAD', false, request({}, { method: 'HEAD' }), response(200, FRESH)],
    ['PUT', false, request({}, { method: 'PUT' }), response(200, FRESH)],
    ['POST', false, request({}, { method: 'POST' }), response(200, FRESH)],
    [
      'POST that answers for its URL',
      true,
      request({}, { method: 'POST' }),
      response(200, { ...FRESH, 'content-location': '/dir/page' }),
    ],
    [
      'POST that answers for another',
      false,
      request({}, { method: 'POST' }),
      response(200, { ...FRESH, 'content-location': 'other' }),
    ],
    [
      'POST without explicit freshness',
      false,
      request({}, { method: 'POST' }),
      response(200, { 'content-location': '/dir/page' }),
    ],
    [
      'GET with a body',
      false,
      request({}, { body: { length: 1 } as HttpRequest['body'] }),
      response(200, FRESH),
    ],
    [
      'a bad certificate',
      false,
      request(),
      response(200, FRESH, { security: { ...UNTOLD_SECURITY, ignoredErrors: ['CERT_HAS_EXPIRED'] } }),
    ],
    ['redirects nobody saw', false, request(), response(200, FRESH, { redirectedByPlatform: true })],
    ['hidden fields', false, request(), response(200, FRESH, { fidelity: 'filtered' })],
    [
      'hidden fields with Expires',
      true,
      request(),
      response(200, { expires: date(9) }, { fidelity: 'filtered' }),
    ],
    [
      'hidden fields and cookies',
      false,
      request({}, { options: { useCredentials: true } as HttpRequest['options'] }),
      response(200, { expires: date(9) }, { fidelity: 'filtered' }),
    ],
    ...[100, 304, 401, 407, 412, 416, 417, 428, 429, 431, 511].map(
      (status) =>
        [`status ${status}`, false, request(), response(status, FRESH)] as [
          string,
          boolean,
          HttpRequest,
          HttpResponse,
        ],
    ),
    ['a part', true, request({ range: 'bytes=0-4' }), response(206, { 'content-range': 'bytes 0-4/10' })],
    ['a part that nobody asked for', false, request(), response(206, { 'content-range': 'bytes 0-4/10' })],
    [
      'a part of unknown size',
      false,
      request({ range: 'bytes=0-4' }),
      response(206, { 'content-range': 'bytes 0-4/*' }),
    ],
    [
      'a part with another length',
      false,
      request({ range: 'bytes=0-4' }),
      response(206, { 'content-range': 'bytes 0-4/10', 'content-length': '4' }),
    ],
    [
      'a part that was decoded',
      false,
      request({ range: 'bytes=0-4' }),
      response(206, { 'content-range': 'bytes 0-4/10' }, { fidelity: 'decoded' }),
    ],
    [
      'several parts',
      false,
      request({ range: 'bytes=0-1,3-4' }),
      response(206, { 'content-type': 'multipart/byteranges' }),
    ],
  ])('%s: %s', (_, expected, req, res) => {
    expect(describeIt(req, res) !== null).toBe(expected);
  });

  test('keeps what outlives the connection', () => {
    const headers = new HttpHeaders([
      ['Connection', 'close, A'],
      ['a', '1'],
      ['B', '2'],
      ['Keep-Alive', 'x'],
      ['Proxy-Authenticate', 'x'],
      ['Proxy-Authentication-Info', 'x'],
      ['Transfer-Encoding', 'chunked'],
      ['TE', 'x'],
      ['Upgrade', 'x'],
      ['Set-Cookie', 'c=1'],
    ]);
    const metadata = describeIt(request(), response(200, headers));
    expect(metadata).toMatchObject({
      url: 'https://a.test/dir/page',
      headers: ['b', '2'],
      ...TIMES,
    });
    expect(metadataFromRecord(JSON.parse(JSON.stringify(metadata)))).toEqual(metadata);
  });

  test('remembers a part as what it is a part of', () => {
    const res = response(
      206,
      { 'content-range': 'bytes 5-9/20', 'content-length': '5', etag: '"e"' },
      { reason: 'Partial Content' },
    );
    expect(describeIt(request({ range: 'bytes=5-9' }), res)).toMatchObject({
      status: 200,
      reason: 'OK',
      headers: ['etag', '"e"'],
      part: { first: 5, total: 20 },
    });
  });

  test('takes every field of the request for a selecting one where Vary may be hidden', () => {
    const res = response(200, { expires: date(9) }, { fidelity: 'filtered' });
    expect(describeIt(request({ accept: 'b', 'x-user': 'me' }), res)?.selecting).toEqual([
      'accept',
      'b',
      'x-user',
      'me',
    ]);
  });
});

describe('freshen', () => {
  const before = stored({
    headers: {
      ...FRESH,
      date: date(-99),
      age: '9',
      etag: '"e"',
      'content-length': '10',
      'content-type': 'text/plain',
      a: '1',
      b: '1',
      'set-cookie': 'c=1',
    },
  }).metadata;

  test('replaces fields, except those of the bytes; drops those of the old exchange', () => {
    const update = new HttpHeaders([
      ['a', '2'],
      ['a', '3'],
      ['content-length', '5'],
      ['content-type', 'text/html'],
      ['content-encoding', 'gzip'],
      ['connection', 'x'],
    ]);
    const after = freshen(before, update, new HttpHeaders(), TIMES);
    expect(after?.headers).toEqual([
      CC,
      'max-age=60',
      'etag',
      '"e"',
      'content-length',
      '10',
      'content-type',
      'text/plain',
      'b',
      '1',
      'set-cookie',
      'c=1',
      'a',
      '2',
      'a',
      '3',
    ]);
    expect(after).toMatchObject(TIMES);
  });

  test('a Vary that is new belongs to the request that was answered (undici#5732)', () => {
    const after = freshen(before, new HttpHeaders({ vary: 'foo' }), new HttpHeaders({ foo: '1' }), TIMES);
    expect(after?.selecting).toEqual(['foo', '1']);
    expect(freshen(before, new HttpHeaders({ vary: '*' }), new HttpHeaders(), TIMES)).toBeNull();
  });
});

describe('confirms', () => {
  test.each<[string, HeadersInput, HeadersInput, boolean]>([
    ['the same ETag', { etag: '"e"' }, { etag: '"e"' }, true],
    ['another ETag', { etag: '"f"' }, { etag: '"e"' }, false],
    ['a strong ETag for a weak one', { etag: '"e"' }, { etag: 'W/"e"' }, true],
    ['an ETag without its coding', { etag: '"e"' }, { etag: 'W/"e-gzip"' }, true],
    ['an ETag with another end', { etag: '"e"' }, { etag: '"e-1"' }, false],
    ['a weak ETag for a strong one', { etag: 'W/"e"' }, { etag: '"e"' }, true],
    ['an ETag for none', { etag: '"e"' }, { 'last-modified': date(-9) }, true],
    ['an ETag for nothing', { etag: '"e"' }, {}, false],
    ['a later Last-Modified', { 'last-modified': date(-8) }, { 'last-modified': date(-9) }, false],
    ['an earlier Last-Modified', { 'last-modified': date(-10) }, { 'last-modified': date(-9) }, true],
    ['no validator at all', {}, { etag: '"e"' }, true],
  ])('%s', (_, update, headers, expected) => {
    expect(confirms(new HttpHeaders(update), stored({ headers }).metadata, true)).toBe(expected);
  });

  test('nothing without a validator, when somebody else has asked', () => {
    const { metadata } = stored({ headers: { etag: '"e"' } });
    expect(confirms(new HttpHeaders(), metadata, false)).toBe(false);
    expect(confirms(new HttpHeaders({ etag: '"e"' }), metadata, false)).toBe(true);
  });
});

describe('describesStored', () => {
  test.each<[string, number, HeadersInput, boolean]>([
    ['nothing to compare', 200, {}, true],
    ['the same length', 200, { 'content-length': '10' }, true],
    ['another length', 200, { 'content-length': '11' }, false],
    ['another ETag', 200, { etag: '"f"' }, false],
    ['another status', 410, {}, false],
  ])('%s', (_, status, headers, expected) => {
    expect(describesStored(new HttpHeaders(headers), status, stored({ headers: { etag: '"e"' } }))).toBe(
      expected,
    );
  });
});

describe('invalidatedUrls', () => {
  const url = parseUrl('https://a.test/dir/page');
  const named = { location: 'new', 'content-location': 'https://b.test/x' };
  test.each<[string, string, number, HeadersInput, string[]]>([
    ['GET', 'GET', 200, named, []],
    ['PROPFIND', 'PROPFIND', 207, named, []],
    ['POST', 'POST', 200, {}, ['/dir/page']],
    ['an unknown method', 'M-SEARCH', 200, {}, ['/dir/page']],
    ['a redirect', 'POST', 303, {}, ['/dir/page']],
    ['a failure', 'PUT', 500, named, []],
    ['what Location names, but not at another origin', 'DELETE', 201, named, ['/dir/page', '/dir/new']],
    ['what Content-Location names', 'PUT', 200, { 'content-location': '/y' }, ['/dir/page', '/y']],
    ['no URL', 'PUT', 200, { location: 'http://[' }, ['/dir/page']],
    ['another scheme', 'PUT', 200, { location: 'http://a.test/dir' }, ['/dir/page']],
  ])('%s', (_, method, status, headers, expected) => {
    const urls = invalidatedUrls(method, url, status, new HttpHeaders(headers));
    expect(urls.map(({ target }) => target)).toEqual(expected);
  });
});
