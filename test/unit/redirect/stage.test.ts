import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import type { RequestBody, ResponseBody } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { redirectStage } from '../../../src/redirect/stage.ts';
import { type parseUrl, withScheme } from '../../../src/util/url.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import {
  ANYWHERE,
  makeExchange,
  makeRequest,
  makeResponse,
  readBody,
  walkNow,
} from '../../support/fixtures.ts';

const aborted = new NetworkError('operation-canceled', 'aborted');

type Answer = Parameters<typeof makeResponse>[0];
const redirect = (location: string, rest: Answer = {}): Answer => ({
  status: 302,
  reason: 'Found',
  headers: { location },
  ...rest,
});

/** Runs the stage over a `next` that gives these answers in turn, each from the URL it was asked at. */
function run(
  answers: readonly Answer[],
  request: Parameters<typeof makeRequest>[0] = {},
  ask?: (question: unknown) => Promise<unknown>,
) {
  const { exchange, events } = makeExchange(ask === undefined ? {} : { ask });
  const cancelers = countCancelers(exchange);
  const sent: HttpRequest[] = [];
  const next = async (hop: HttpRequest): Promise<HttpResponse> => {
    sent.push(hop);
    return makeResponse({ url: hop.url.href, ...answers[sent.length - 1] });
  };
  const upgrade = (url: ReturnType<typeof parseUrl>) =>
    url.hostname === 'known.test' ? withScheme(url, 'https', 443) : url;
  const response = walkNow(redirectStage({ upgrade, reach: ANYWHERE }), makeRequest(request), next, exchange);
  response.catch(() => {});
  return { response, exchange, events, sent, cancelers, urls: () => sent.map(({ url }) => url.href) };
}

/** A body that says whether it was read or given up. */
function watchedBody(text = 'moved') {
  const inner = bytesBody(new TextEncoder().encode(text));
  const state = { started: false, cancelled: null as NetworkError | null };
  const body: ResponseBody = {
    ...inner,
    start: (sink) => {
      state.started = true;
      inner.start(sink);
    },
    cancel: (reason) => {
      state.cancelled = reason;
      inner.cancel(reason);
    },
  };
  return { body, state };
}

describe('following', () => {
  test('goes on until there is no redirect, tells of each hop, and delivers the last response', async () => {
    const { response, events, urls, cancelers } = run(
      [
        redirect('/b', { body: 'moved' }),
        redirect('https://other.test/c', { status: 308 }),
        { body: 'here' },
      ],
      { url: 'http://origin.test/a' },
    );
    expect(await readBody((await response).body)).toBe('here');
    expect(urls()).toEqual(['http://origin.test/a', 'http://origin.test/b', 'https://other.test/c']);
    expect(events.map((event) => (event.type === 'hop' ? [event.hop.status, event.hop.url] : event))).toEqual(
      [
        [302, 'http://origin.test/a'],
        { type: 'redirected', target: 'http://origin.test/b' },
        [308, 'http://origin.test/b'],
        { type: 'redirected', target: 'https://other.test/c' },
      ],
    );
    expect(cancelers.size).toBe(0);
  });

  test('a hop carries reason and headers', async () => {
    const { response, events } = run([redirect('/b', { headers: { location: '/b', 'x-hop': '1' } }), {}]);
    await response;
    const [hop] = events.flatMap((event) => (event.type === 'hop' ? [event.hop] : []));
    expect([hop?.reason, HttpHeaders.adopt(hop!.headers).get('x-hop')]).toEqual(['Found', '1']);
  });

  test('options and body travel along, and what is dropped stays dropped', async () => {
    const body = { length: 1, replayable: true } as RequestBody;
    const { response, sent } = run(
      [redirect('/b', { status: 307 }), redirect('/c'), redirect('/d', { status: 308 }), {}],
      {
        method: 'POST',
        body,
        options: { transferTimeout: 7 },
      },
    );
    await response;
    expect(sent.map((hop) => [hop.method, hop.body, hop.options.transferTimeout])).toEqual([
      ['POST', body, 7],
      ['POST', body, 7],
      ['GET', null, 7],
      ['GET', null, 7],
    ]);
  });

  test('the redirect is judged from the URL that answered, which HSTS may have changed', async () => {
    const { response } = run([redirect('http://origin.test/b', { url: 'https://origin.test/a' })], {
      url: 'http://origin.test/a',
    });
    await expect(response).rejects.toMatchObject({ code: 'insecure-redirect' });
  });

  test('a target that HSTS upgrades is told and requested as https', async () => {
    const { response, urls, events } = run([redirect('http://known.test/'), {}], {
      url: 'https://origin.test/',
    });
    await response;
    expect(urls()[1]).toBe('https://known.test/');
    expect(events[1]).toEqual({ type: 'redirected', target: 'https://known.test/' });
  });

  test('the hop’s body is read before the next hop begins', async () => {
    const { body, state } = watchedBody();
    const { response } = run([redirect('/b', { body }), {}]);
    await response;
    expect(state).toEqual({ started: true, cancelled: null });
  });

  test('under manual the redirect is the response, body and all', async () => {
    const { response, events } = run([redirect('/b', { body: 'moved' })], {
      options: { redirectPolicy: 'manual' },
    });
    expect((await response).status).toBe(302);
    expect(await readBody((await response).body)).toBe('moved');
    expect(events).toEqual([]);
  });
});

describe('refusing', () => {
  test.each<[string, Answer, Partial<RequestOptions>, string]>([
    ['no URL as Location', redirect('http://'), {}, 'protocol-unknown'],
    ['a foreign scheme', redirect('ftp://other.test/'), {}, 'protocol-unknown'],
    ['none allowed', redirect('/b'), { maximumRedirectsAllowed: 0 }, 'too-many-redirects'],
    [
      'another origin',
      redirect('http://other.test/'),
      { redirectPolicy: 'same-origin' },
      'insecure-redirect',
    ],
  ])('%s', async (_name, answer, options, code) => {
    const { body, state } = watchedBody();
    const { response, events, sent } = run([{ ...answer, body }], {
      url: 'http://user:secret@origin.test/a',
      options,
    });
    await expect(response).rejects.toMatchObject({ code, status: 302, url: 'http://origin.test/a' });
    const error = (await response.catch((reason) => reason)) as NetworkError;
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(state.cancelled).toBe(error);
    expect(events.map(({ type }) => type)).toEqual(['hop']);
    expect(sent).toHaveLength(1);
  });

  test('the limit counts every hop', async () => {
    const endless = Array.from({ length: 60 }, () => redirect('/loop'));
    const { response, sent } = run(endless);
    await expect(response).rejects.toMatchObject({ code: 'too-many-redirects' });
    expect(sent).toHaveLength(51);
  });

  test('a failure of a hop is the failure of the request', async () => {
    const { exchange } = makeExchange();
    const broken = new NetworkError('remote-host-closed', 'cut');
    const response = walkNow(
      redirectStage({ upgrade: (url) => url, reach: ANYWHERE }),
      makeRequest(),
      () => Promise.reject(broken),
      exchange,
    );
    await expect(response).rejects.toBe(broken);
  });
});

describe('user-verified', () => {
  const options: Partial<RequestOptions> = { redirectPolicy: 'user-verified' };

  test('asks with target, status and headers, and follows when allowed', async () => {
    const questions: unknown[] = [];
    const { response, urls, events } = run([redirect('/b'), {}], { options }, async (question) => {
      questions.push(question);
      return { allowed: true };
    });
    await response;
    expect(questions).toMatchObject([{ type: 'redirect', target: 'http://origin.test/b', status: 302 }]);
    expect(urls()).toHaveLength(2);
    expect(events.map(({ type }) => type)).toEqual(['hop']);
  });

  test('the slot is free while the application thinks, and the next hop waits for it', async () => {
    let answer = (_: unknown): void => {};
    const { body, state } = watchedBody();
    const { sent, response } = run([redirect('/b', { body }), {}], { options }, () => {
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    await new Promise(setImmediate);
    expect(state.started).toBe(true);
    expect(sent).toHaveLength(1);
    answer({ allowed: true });
    await response;
    expect(sent).toHaveLength(2);
  });

  test('not allowed is operation-canceled, with the status of the redirect', async () => {
    const { response, sent } = run([redirect('/b')], { options }, async () => ({ allowed: false }));
    await expect(response).rejects.toMatchObject({ code: 'operation-canceled', status: 302 });
    expect(sent).toHaveLength(1);
  });

  test('what the rules forbid is not even asked', async () => {
    const { response } = run([redirect('file:///etc/passwd')], { options });
    await expect(response).rejects.toMatchObject({ code: 'protocol-unknown' });
  });
});

describe('an abort', () => {
  test('in a listener of redirected ends it before the next hop', async () => {
    const { exchange } = makeExchange();
    const emit = exchange.emit.bind(exchange);
    exchange.emit = (event) => {
      emit(event);
      if (event.type === 'redirected') exchange.cancel(aborted);
    };
    let sent = 0;
    const next = async () => {
      sent++;
      return makeResponse(redirect('/b'));
    };
    const response = walkNow(
      redirectStage({ upgrade: (url) => url, reach: ANYWHERE }),
      makeRequest(),
      next,
      exchange,
    );
    await expect(response).rejects.toBe(aborted);
    expect(sent).toBe(1);
  });

  test('while the application is asked', async () => {
    const { response, exchange, cancelers } = run(
      [redirect('/b')],
      { options: { redirectPolicy: 'user-verified' } },
      () => new Promise(() => {}),
    );
    await new Promise(setImmediate);
    exchange.cancel(aborted);
    await expect(response).rejects.toBe(aborted);
    expect(cancelers.size).toBe(0);
  });

  test('while a hop’s body is read', async () => {
    const { response, exchange } = run([
      redirect('/b', { body: Object.assign(bytesBody(), { start: () => {} }) }),
    ]);
    await new Promise(setImmediate);
    exchange.cancel(aborted);
    await expect(response).rejects.toBe(aborted);
  });
});
