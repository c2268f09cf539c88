import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { decodingStage } from '../../../src/decoding/stage.ts';
import type { BodySink } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { fakeDecoders } from '../../support/fake-decoders.ts';
import { makeExchange, makeRequest, makeResponse, readBody, walk } from '../../support/fixtures.ts';

/** Sends a request through the stage; small bodies decode to `decoded`. */
async function send(request: HttpRequest, answer: HttpResponse) {
  const decoders = fakeDecoders(() => new TextEncoder().encode('decoded'));
  let sent!: HttpRequest;
  const next = async (passed: HttpRequest) => {
    sent = passed;
    return answer;
  };
  const response = await walk(decodingStage(decoders), request, next, makeExchange().exchange);
  return { sent, response, decoders };
}

const encoded = (headers: Record<string, string> = {}) =>
  makeResponse({ headers: { 'content-encoding': 'gzip', ...headers }, body: 'encoded' });

describe('the decoding stage', () => {
  test('offers the codings, and leaves the request alone', async () => {
    const request = makeRequest();
    const { sent } = await send(request, makeResponse());
    expect(sent.headers.get('accept-encoding')).toBe('br, gzip, deflate');
    expect(request.headers.size).toBe(0);
  });

  test('decodes, keeps Content-Encoding and sets Content-Length aside', async () => {
    const { response } = await send(makeRequest(), encoded({ 'content-length': '7', a: 'b' }));
    expect([...response.headers]).toEqual([
      ['content-encoding', 'gzip'],
      ['a', 'b'],
    ]);
    expect(response.originalContentLength).toBe(7);
    expect(await readBody(response.body)).toBe('decoded');
  });

  test('says nothing of a length that there was not', async () => {
    const { response } = await send(makeRequest(), encoded());
    expect('originalContentLength' in response).toBe(false);
  });

  test('passes on a response that is not encoded as it is', async () => {
    const answer = makeResponse({ headers: { 'content-length': '4' }, body: 'text' });
    expect((await send(makeRequest(), answer)).response).toBe(answer);
  });

  test('decodes nothing when the application asked for a coding itself', async () => {
    const answer = encoded({ 'content-length': '7' });
    const { sent, response } = await send(makeRequest({ headers: { 'accept-encoding': 'gzip' } }), answer);
    expect([sent.headers.get('accept-encoding'), response]).toEqual(['gzip', answer]);
  });

  test('undoes two codings, the last one first', async () => {
    const answer = makeResponse({ headers: { 'content-encoding': 'gzip, br' }, body: 'encoded' });
    const { response, decoders } = await send(makeRequest(), answer);
    const read = readBody(response.body);
    expect(decoders.made.map(({ format }) => format)).toEqual(['br']);
    decoders.made[0]!.sink.decoded(new Uint8Array(1));
    decoders.made[0]!.sink.finished();
    expect(decoders.made.map(({ format }) => format)).toEqual(['br', 'gzip']);
    decoders.made[1]!.sink.decoded(new TextEncoder().encode('text'));
    decoders.made[1]!.sink.finished();
    expect(await read).toBe('text');
  });

  test('refuses three, and lets go of the body (attack checklist 62)', async () => {
    const cancelled: string[] = [];
    const body = Object.assign(bytesBody(), {
      start: (_sink: BodySink) => {},
      cancel: (reason: { code: string }) => cancelled.push(reason.code),
    });
    const answer = makeResponse({ headers: { 'content-encoding': 'gzip, gzip, gzip' }, body });
    await expect(send(makeRequest(), answer)).rejects.toMatchObject({ code: 'unknown-content', status: 200 });
    expect(cancelled).toEqual(['unknown-content']);
  });

  test('checks for bombs with the threshold of the request', async () => {
    const options = { decompressedSafetyCheckThreshold: 0 };
    const answer = makeResponse({
      headers: { 'content-encoding': 'gzip' },
      body: bytesBody(new Uint8Array(1)),
    });
    const { response, decoders } = await send(makeRequest({ options }), answer);
    const read = readBody(response.body);
    decoders.made[0]!.sink.decoded(new Uint8Array(41));
    await expect(read).rejects.toMatchObject({ code: 'unknown-content', url: 'http://origin.test/' });
  });
});
