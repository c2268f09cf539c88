import { describe, expect, test } from 'vitest';
import type { AuthenticationChallenge } from '../../../src/call/authentication.ts';
import type { Answered, Question, QuestionType } from '../../../src/call/question.ts';
import type { ReplyEvent } from '../../../src/call/reply-event.ts';
import { NetworkError } from '../../../src/error.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import { sslError } from '../../support/ssl-error.ts';
import { data, failed, head, scriptedReply } from './scripted-reply.ts';

/** One of each, in an order in which a reply could meet them. A new kind is a line here, or this does not compile. */
const EVENTS: { readonly [Type in ReplyEvent['type']]: Extract<ReplyEvent, { readonly type: Type }> } = {
  'socket-started-connecting': { type: 'socket-started-connecting' },
  'upload-progress': { type: 'upload-progress', sent: 3, total: 3 },
  'request-sent': { type: 'request-sent' },
  informational: { type: 'informational', status: 103, reason: 'Early Hints', headers: ['link', '</a>'] },
  hop: {
    type: 'hop',
    hop: { url: 'http://origin.test/', status: 302, reason: 'Found', headers: ['location', '/b'] },
  },
  retrying: { type: 'retrying', attempt: 2, delay: 10, error: new NetworkError('timeout', 'x').toJSON() },
  redirected: { type: 'redirected', target: 'http://origin.test/b' },
  head: head({ total: 2, headers: ['a', '1', 'a', '2'] }) as Extract<ReplyEvent, { type: 'head' }>,
  data: data('ok', true) as Extract<ReplyEvent, { type: 'data' }>,
  fault: { type: 'fault', error: new NetworkError('operation-canceled', 'x').toJSON() },
  end: { type: 'end', trailers: ['x-checksum', '1'] },
  failed: failed('timeout', 'x') as Extract<ReplyEvent, { type: 'failed' }>,
};

const CHALLENGE: AuthenticationChallenge = {
  scheme: 'digest',
  realm: 'closed',
  origin: 'https://origin.test',
  isProxy: false,
  attempt: 1,
  options: { realm: 'closed', nonce: 'n' },
};

const QUESTIONS: { readonly [Type in QuestionType]: Question<Type> } = {
  redirect: { type: 'redirect', target: 'http://b.test/', status: 302, headers: ['location', '/b'] },
  encrypted: { type: 'encrypted', security: UNTOLD_SECURITY },
  authentication: { type: 'authentication', challenge: CHALLENGE },
  proxyAuthentication: { type: 'proxyAuthentication', challenge: { ...CHALLENGE, isProxy: true } },
  preSharedKey: {
    type: 'preSharedKey',
    hostname: 'origin.test',
    identityHint: null,
    maximumIdentityLength: 128,
    maximumPreSharedKeyLength: 256,
  },
  sslErrors: { type: 'sslErrors', hostname: 'origin.test', errors: [sslError('certificate-expired')] },
};

const details = {
  url: 'https://origin.test/',
  capability: 'tls',
  status: 404,
  headers: [['x-a', '1']],
  body: new Uint8Array([1, 2]),
} as const;

test.each(Object.entries({ ...EVENTS, ...QUESTIONS }))('%s survives a structured clone', (_type, value) => {
  expect(structuredClone(value)).toEqual(value);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

describe('an answer', () => {
  const refusable = [QUESTIONS.redirect, QUESTIONS.encrypted];
  test.each(refusable)('to $type survives, and so does a refusal', async (question) => {
    const { reply, source } = await scriptedReply();
    const answered: Answered[] = [await source.ask(structuredClone(question))];
    reply.on(question.type === 'redirect' ? 'redirected' : question.type, () => {
      throw new Error('no', { cause: () => 'what cannot be cloned' });
    });
    answered.push(await source.ask(structuredClone(question)));
    expect(structuredClone(answered)).toEqual(answered);
    expect(answered.map(({ error }) => error?.code)).toEqual([undefined, 'operation-canceled']);
  });
});

test('a reply that is driven by clones shows the same', async () => {
  const traces = await Promise.all(
    [(event: ReplyEvent) => event, structuredClone<ReplyEvent>].map(async (pass) => {
      const { reply, source, trace } = await scriptedReply();
      const { failed: _, ...events } = EVENTS;
      for (const event of Object.values(events)) source.tell(pass(event));
      const { hops, headers, trailers, status } = reply;
      const shown = [...hops.map((hop) => hop.headers), headers, trailers!].map((fields) => [...fields]);
      return { trace, shown, status, text: new TextDecoder().decode(reply.readAll()) };
    }),
  );
  expect(traces[1]).toEqual(traces[0]);
  expect(traces[0]!.shown).toEqual([
    [['location', '/b']],
    [
      ['a', '1'],
      ['a', '2'],
    ],
    [['x-checksum', '1']],
  ]);
});

describe('an error as an event', () => {
  test('is itself again in this process, its cause included', async () => {
    const error = new NetworkError('connection-refused', 'x', { cause: new Error('ECONNREFUSED') });
    const { reply, source } = await scriptedReply();
    source.tell({ type: 'failed', error: error.toJSON() });
    expect(reply.error).toBe(error);
  });

  test('is rebuilt from a clone', async () => {
    const error = new NetworkError('content-not-found', 'gone', { ...details, cause: new Error('why') });
    const { reply, source } = await scriptedReply();
    source.tell(structuredClone<ReplyEvent>({ type: 'failed', error: error.toJSON() }));
    expect(reply.error).not.toBe(error);
    expect(reply.error).toMatchObject({
      ...details,
      code: 'content-not-found',
      message: 'GET https://origin.test/: gone',
      cause: 'Error: why',
    });
  });
});
