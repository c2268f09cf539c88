import { expect, test } from 'vitest';
import { HttpHeaders } from '../../../src/message/headers.ts';
import { missingCapability } from '../../../src/requirements/requirements.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { makeRequest } from '../../support/fixtures.ts';
import type { Echo } from '../../support/server/routes.ts';
import { type Bench, GIVEN_UP, readAll, type Sent, until } from './harness.ts';
import { VALID } from './raw-responses.ts';

const BODY_OF_REDIRECT = 'the body of a redirect is delivered';

/** What `send` resolves with, and what the peer was asked. */
export function headTests({
  send,
  request,
  transport,
  sendRaw,
  environment,
  capabilities,
  testUnlessLimited,
  testWith,
}: Bench): void {
  const isHttp2 = environment.protocol === 'h2';
  const { limits = [] } = environment;
  const echoOf = async ({ response }: Sent): Promise<Echo> =>
    JSON.parse((await readAll(await response)).text);

  test('status, reason, URL and source', async () => {
    const response = await send('/status/202?a=b#fragment').response;
    expect(response.status).toBe(202);
    expect(response.reason).toBe(isHttp2 ? '' : 'Accepted');
    expect(response.url.target).toBe('/status/202?a=b');
    expect(response.url.origin).toBe(environment.server);
    expect(response.source).toBe('network');
    expect(response.security !== null).toBe(environment.server.startsWith('https:'));
    expect([isHttp2 ? '2' : '1.1', '']).toContain(response.httpVersion);
    expect((await readAll(response)).text).toBe('status 202');
  });

  test('fields have lower-case names; repeated ones are in order', async () => {
    const { reason, headers, body } = await (await sendRaw('fields')).response;
    expect(reason).toBe('As You Like It');
    expect(headers.get('x-repeated')).toBe('one, two, three');
    expect(headers.get('X-Other')).toBe('in between');
    for (const [name] of headers) expect(name).toBe(name.toLowerCase());
    body.cancel(GIVEN_UP);
  });

  testUnlessLimited('field values are Latin-1', async () => {
    const { headers, body } = await (await sendRaw('fields')).response;
    expect(headers.get('x-latin')).toBe('gr\xfc\xdfe');
    body.cancel(GIVEN_UP);
  });

  testWith('redirects')('field lines are not merged, and keep their order', async () => {
    const { headers, body } = await (await sendRaw('fields')).response;
    const own = pairsOf(headers).filter(([name]) => name.startsWith('x-') && name !== 'x-latin');
    expect(own).toEqual([
      ['x-repeated', 'one'],
      ['x-other', 'in between'],
      ['x-repeated', 'two, three'],
    ]);
    body.cancel(GIVEN_UP);
  });

  testWith('setCookieLines')('Set-Cookie fields arrive one by one', async () => {
    const { headers, body } = await (await sendRaw('fields')).response;
    expect(headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT']);
    body.cancel(GIVEN_UP);
  });

  test.each([404, 500, 418, 204, 304])('status %d is an answer, not an error', async (status) => {
    const response = await send(`/status/${status}`).response;
    expect(response.status).toBe(status);
    const { text } = await readAll(response);
    expect(text).toBe(status === 204 || status === 304 ? '' : `status ${status}`);
  });

  test('HEAD has the fields of GET and an empty body', async () => {
    const response = await send('/bytes/1000', { method: 'HEAD' }).response;
    expect(response.headers.get('content-length')).toBe('1000');
    expect((await readAll(response)).length).toBe(0);
  });

  for (const name of Object.keys(VALID)) {
    testUnlessLimited(name, async () => {
      const response = await (await sendRaw(name)).response;
      expect(response.status).toBe(200);
      expect((await readAll(response)).text).toBe('12345');
    });
  }

  test.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])(
    'the method %s',
    async (method) => {
      const echo = await echoOf(send('/echo?q=%20x', { method }));
      expect([echo.method, echo.url, echo.body]).toEqual([method, '/echo?q=%20x', '']);
    },
  );

  testUnlessLimited('request fields arrive as they were set', async () => {
    const headers = { 'X-First': 'one', 'X-Second': 'gr\xfc\xdfe', 'Content-Type': 'text/x-test' };
    const { fields } = await echoOf(send('/echo', { method: 'POST', headers }));
    const received = new Map(fields.map(([name, value]) => [name.toLowerCase(), value]));
    expect(received.get('x-first')).toBe('one');
    expect(received.get('x-second')).toBe('gr\xfc\xdfe');
    expect(received.get('content-type')).toBe('text/x-test');
    expect(received.get(isHttp2 ? ':authority' : 'host')).toBe(new URL(environment.server).host);
  });

  testWith('redirects')('a redirect is delivered, its Location untouched', async () => {
    const response = await send('/redirect/302/hello').response;
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/hello');
    expect(response.redirectedByPlatform ?? false).toBe(false);
    response.body.cancel(GIVEN_UP);
  });

  // That of a redirect which the platform follows is not seen.
  test.skipIf(!capabilities.redirects || limits.includes(BODY_OF_REDIRECT))(BODY_OF_REDIRECT, async () => {
    expect((await readAll(await send('/redirect/302/hello').response)).text).toBe('moved');
  });

  test.skipIf(capabilities.redirects)('redirects are followed by the platform, which says so', async () => {
    const response = await send('/redirect/302/redirect/307/hello').response;
    expect(response.status).toBe(200);
    expect(response.redirectedByPlatform).toBe(true);
    expect(response.url.href).toBe(`${environment.server}/hello`);
    expect((await readAll(response)).text).toBe('hello');
    const asked = makeRequest({ url: environment.server, options: { redirectPolicy: 'manual' } });
    expect(
      missingCapability(asked, capabilities, {
        defaults: DEFAULT_OPTIONS,
        cookieJar: null,
        addressFilter: null,
        proxyFactory: null,
      })?.capability,
    ).toBe('redirects');
  });

  testWith('encodedBodies')('an encoded body arrives as it was on the wire', async () => {
    const response = await send('/gzip').response;
    const { bytes } = await readAll(response);
    expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
  });

  test.skipIf(capabilities.encodedBodies)(
    'the length of a body that the platform decodes stays a field, and is not believed',
    async () => {
      const response = await send('/gzip').response;
      expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
      expect(response.bodyLength).toBe(-1);
      expect((await readAll(response)).text).toBe('decoded');
    },
  );

  testWith('informational')('1xx responses are told, in order, before the final one', async () => {
    const { response, events } = send('/informational');
    expect((await readAll(await response)).text).toBe('after hints');
    const told = events.flatMap((event) => (event.type === 'informational' ? [event] : []));
    expect(told.map(({ status }) => status)).toEqual([102, 103]);
    expect(HttpHeaders.adopt(told[1]!.headers).get('link')).toBe('</a.css>; rel=preload');
  });

  testWith('trailers')('trailers come with the end', async () => {
    const { trailers, text } = await readAll(await send('/trailers').response);
    expect(text).toBe('with trailers');
    expect(pairsOf(trailers!)).toEqual([
      ['x-checksum', 'one'],
      ['x-checksum', 'two'],
    ]);
  });

  test('a message without trailers says so', async () => {
    expect((await readAll(await send('/bytes/10?chunked').response)).trailers).toBeNull();
  });

  testWith('connectionTimings')('the phases of a connection are timed', async () => {
    const { exchange, response, events } = send('/hello');
    await readAll(await response);
    const { created, connectEnd, requestSent, responseStart } = exchange.timings;
    expect(connectEnd).toBeGreaterThanOrEqual(created);
    expect(requestSent).toBeGreaterThanOrEqual(connectEnd);
    expect(responseStart).toBeGreaterThanOrEqual(requestSent);
    expect(events.map(({ type }) => type)).toEqual(['socket-started-connecting', 'request-sent']);
  });

  testWith('connectionTimings')('a hop on a kept connection has no phases of one', async () => {
    const { exchange, response } = send('/hello');
    await readAll(await response);
    await until(() => exchange.timings.connectEnd > 0);
    const again = await transport().send(request('/hello'), exchange);
    await readAll(again);
    const { lookupEnd, connectEnd, requestSent } = exchange.timings;
    expect([lookupEnd, connectEnd, requestSent > 0]).toEqual([0, 0, true]);
  });
}

function pairsOf(headers: HttpHeaders): [string, string][] {
  return [...headers];
}
