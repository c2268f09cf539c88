import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { Authentication } from '../../../src/auth/authentication.ts';
import type { AuthenticationChallenge, Authenticator } from '../../../src/call/authentication.ts';
import type { Question } from '../../../src/call/question.ts';
import type { ReplyEvent } from '../../../src/call/reply-event.ts';
import { NetworkError } from '../../../src/error.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import { Signals } from '../../../src/signals.ts';
import { catching } from '../../support/catching.ts';
import { data, END, failed, head, scriptedReply } from './scripted-reply.ts';

const SENT: ReplyEvent = { type: 'request-sent' };

function hop(status: number): ReplyEvent {
  return {
    type: 'hop',
    hop: { url: 'http://origin.test/', status, reason: '', headers: ['location', '/b'] },
  };
}

// The traces of Qt 6 (qt-behaviour.md §17), event for event.
describe('order of signals', () => {
  const rows: [string, ReplyEvent[], string[]][] = [
    [
      '200',
      [{ type: 'socket-started-connecting' }, SENT, head({ total: 5 }), data('hello'), END],
      [
        'socketStartedConnecting',
        'requestSent',
        'metaDataChanged',
        'readyRead',
        'downloadProgress(5,5)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
    [
      '302 followed',
      [SENT, hop(302), { type: 'redirected', target: 'http://origin.test/b' }, SENT, head(), data('x'), END],
      [
        'requestSent',
        'metaDataChanged',
        'redirected(http://origin.test/b)',
        'requestSent',
        'metaDataChanged',
        'readyRead',
        'downloadProgress(1,1)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
    [
      '404',
      [SENT, head({ status: 404 }), data('gone'), END],
      [
        'requestSent',
        'metaDataChanged',
        'readyRead',
        'errorOccurred(content-not-found)',
        'downloadProgress(4,4)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
    [
      '204',
      [SENT, head({ status: 204 }), END],
      [
        'requestSent',
        'metaDataChanged',
        'downloadProgress(0,0)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
    [
      "POST of two bytes, without Qt's uploadProgress(0,0) at the end",
      [{ type: 'upload-progress', sent: 2, total: 2 }, SENT, head(), data('ok'), END],
      [
        'uploadProgress(2,2)',
        'requestSent',
        'metaDataChanged',
        'readyRead',
        'downloadProgress(2,2)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
    [
      'unknown scheme',
      [failed('protocol-unknown', 'x')],
      [
        'errorOccurred(protocol-unknown)',
        'downloadProgress(0,0)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
    [
      'truncated',
      [head({ total: 10 }), data('1234'), failed('remote-host-closed', 'x')],
      [
        'metaDataChanged',
        'readyRead',
        'errorOccurred(remote-host-closed)',
        'downloadProgress(4,10)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
    [
      'nothing after the end',
      [head(), END, data('late'), SENT, END, failed('timeout', 'x')],
      ['metaDataChanged', 'downloadProgress(0,0)', 'readChannelFinished', 'manager.finished', 'finished'],
    ],
    [
      '103 before the response',
      [{ type: 'informational', status: 103, reason: '', headers: [] }, head(), END],
      [
        'informational(103,[object Object])',
        'metaDataChanged',
        'downloadProgress(0,0)',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ],
    ],
  ];
  test.each(rows)('%s', async (_name, events, expected) => {
    const { source, trace, reply } = await scriptedReply();
    source.tell(...events);
    expect(trace).toEqual(expected);
    expect(reply.isFinished).toBe(true);
  });

  test('nothing is emitted before the caller had a turn', async () => {
    const { NetworkReply } = await import('../../../src/reply/reply.ts');
    const { makeRequest } = await import('../../support/fixtures.ts');
    const reply = NetworkReply.from(makeRequest(), { body: 'x' });
    const heard: string[] = [];
    reply.on('finished', () => heard.push('finished'));
    expect(heard).toEqual([]);
    expect(await reply.text()).toBe('x');
    expect(heard).toEqual(['finished']);
  });
});

describe('abort', () => {
  test('in flight: every signal inside the call, what was received is gone', async () => {
    const { reply, source, trace } = await scriptedReply();
    source.tell(SENT, head({ total: 100 }), data('1234'));
    reply.abort();
    expect(trace).toEqual([
      'requestSent',
      'metaDataChanged',
      'readyRead',
      'errorOccurred(operation-canceled)',
      'downloadProgress(4,100)',
      'readChannelFinished',
      'manager.finished',
      'finished',
    ]);
    expect(reply.bytesAvailable).toBe(0);
    expect(source.calls).toEqual(['start', 'cancel: operation-canceled']);
    expect(reply.error).toMatchObject({ code: 'operation-canceled', qtCode: 5 });
  });

  test('right after it was made: the source never starts', async () => {
    const pending = scriptedReply();
    const { reply, source, trace } = await pending;
    reply.abort();
    expect(trace[0]).toBe('errorOccurred(operation-canceled)');
    expect(trace[1]).toBe('downloadProgress(0,0)');
    expect(source.calls).toContain('start');
  });

  test('is idempotent and a no-op after the end', async () => {
    const { reply, source, trace } = await scriptedReply();
    source.tell(head(), END);
    const length = trace.length;
    reply.abort();
    reply.abort();
    expect(trace).toHaveLength(length);
    expect(reply.error).toBeNull();
  });

  test('from inside a listener ends the reply once', async () => {
    const { reply, source, trace } = await scriptedReply();
    reply.on('readyRead', () => reply.abort());
    reply.on('errorOccurred', () => reply.abort());
    source.tell(head(), data('x'), data('y'), END);
    expect(trace.filter((entry) => entry === 'finished')).toHaveLength(1);
    expect(trace.filter((entry) => entry === 'readyRead')).toHaveLength(1);
  });

  test('close ends the reply and lets the transfer go on', async () => {
    const { reply, source } = await scriptedReply();
    source.tell(head(), data('x'));
    reply.close();
    expect(reply.error).toMatchObject({ code: 'operation-canceled' });
    expect(source.calls).toEqual(['start', 'resume']);
  });
});

describe('progress', () => {
  test('download: one in 100 ms, the last exact', async () => {
    const { source, clock, trace } = await scriptedReply();
    source.tell(head({ total: 6 }), data('1'));
    clock.advance(99);
    source.tell(data('2'));
    clock.advance(1);
    source.tell(data('3'), data('4'));
    clock.advance(100);
    source.tell(data('5'), data('6'), END);
    expect(trace.filter((entry) => entry.startsWith('downloadProgress'))).toEqual([
      'downloadProgress(3,6)',
      'downloadProgress(5,6)',
      'downloadProgress(6,6)',
    ]);
  });

  test('the total is −1 while it is unknown and the count at the end', async () => {
    const { source, clock, trace } = await scriptedReply();
    source.tell(head());
    clock.advance(100);
    source.tell(data('12'), data('3'), END);
    expect(trace.filter((entry) => entry.startsWith('downloadProgress'))).toEqual([
      'downloadProgress(2,-1)',
      'downloadProgress(3,3)',
    ]);
  });

  const upload = (sent: number, total = 10): ReplyEvent => ({ type: 'upload-progress', sent, total });

  test('upload: first and last always, 100 ms between', async () => {
    const { source, clock, trace } = await scriptedReply();
    source.tell(upload(1), upload(2));
    clock.advance(100);
    source.tell(upload(3), upload(4), upload(10), SENT);
    expect(trace).toEqual([
      'uploadProgress(1,10)',
      'uploadProgress(3,10)',
      'uploadProgress(10,10)',
      'requestSent',
    ]);
  });

  test('upload of unknown length: the last value comes before requestSent', async () => {
    const { source, trace } = await scriptedReply();
    source.tell(upload(1, -1), upload(7, -1), SENT);
    expect(trace).toEqual(['uploadProgress(1,-1)', 'uploadProgress(7,-1)', 'requestSent']);
  });

  test('emitAllUploadProgressSignals', async () => {
    const { source, trace } = await scriptedReply({ emitAllUploadProgressSignals: true });
    source.tell(upload(1), upload(2), upload(10));
    expect(trace).toHaveLength(3);
  });
});

describe('questions', () => {
  test('redirected under user-verified waits for its async listeners and for redirectAllowed', async () => {
    const { reply, source } = await scriptedReply();
    const question = {
      type: 'redirect',
      target: 'http://b.test/',
      status: 302,
      headers: [],
    } as const;
    reply.once('redirected', async () => {
      await Promise.resolve();
      reply.redirectAllowed();
    });
    expect(await source.ask(question)).toEqual({ answer: { allowed: true }, error: null });
    expect(reply.url).toBe('http://b.test/');
    expect(await source.ask(question)).toEqual({ answer: { allowed: false }, error: null });
  });

  test('encrypted asks the manager first, and an abort in a listener says no', async () => {
    const { reply, source } = await scriptedReply();
    const order: string[] = [];
    reply.attach({
      finished: () => {},
      fault: () => {},
      behind: async () => {},
      ask: async () => {
        order.push('manager');
      },
    });
    reply.on('encrypted', () => {
      order.push('reply');
      reply.abort();
    });
    expect(await source.ask({ type: 'encrypted', security: UNTOLD_SECURITY })).toEqual({
      answer: { allowed: false },
      error: null,
    });
    expect(order).toEqual(['manager', 'reply']);
  });

  const pin = new Error('pin mismatch');
  const failing = {
    throws: () => {
      throw pin;
    },
    rejects: async () => {
      throw pin;
    },
  };
  const questions: readonly Question<'redirect' | 'encrypted'>[] = [
    { type: 'redirect', target: 'http://b.test/', status: 302, headers: [] },
    { type: 'encrypted', security: UNTOLD_SECURITY },
  ];

  describe.each(questions.map((question) => [question.type, question] as const))('%s', (_type, question) => {
    const signal = question.type === 'redirect' ? 'redirected' : question.type;

    test.each(Object.entries(failing))(
      'a listener that %s means no, whatever others say',
      async (_, fail) => {
        const { reply, source } = await scriptedReply();
        reply.on(signal, fail);
        reply.on(signal, () => reply.redirectAllowed());
        reply.on(signal, () => new Promise(() => {}));
        const { answer, error } = await source.ask(question);
        expect(answer).toBeNull();
        expect(NetworkError.from(error)).toMatchObject({ code: 'operation-canceled', cause: pin });
        expect(error?.message).toContain(`a listener of '${signal}' failed: pin mismatch`);
      },
    );
  });

  const authenticator = (asked: AuthenticationChallenge) => new Authentication().authenticator(asked);
  const challenge = {
    scheme: 'basic',
    realm: 'closed',
    origin: 'http://origin.test',
    isProxy: false,
    attempt: 1,
    options: {},
  } as const;

  test.each(Object.entries(failing))(
    'a listener of authenticationRequired that %s has filled nothing in, and is a fault',
    async (_, fail) => {
      const { reply, source } = await scriptedReply();
      const faults: unknown[] = [];
      reply.attach({
        finished: () => {},
        fault: (fault) => faults.push(fault),
        authenticator,
        behind: async () => {},
        ask: () => null,
      });
      reply.on('authenticationRequired', (authenticator) => {
        authenticator.user = 'user';
      });
      reply.on('authenticationRequired', fail);
      const answered = await source.ask({ type: 'authentication', challenge });
      expect(answered).toEqual({ answer: { credentials: null }, error: null });
      expect(faults).toEqual([pin]);
    },
  );

  test('an authenticator gives what was filled in, nothing once it is cancelled, and shows none of it', async () => {
    const { reply, source } = await scriptedReply();
    const seen: Authenticator[] = [];
    reply.attach({
      finished: () => {},
      fault: () => {},
      behind: async () => {},
      ask: () => null,
      authenticator,
    });
    reply.on('authenticationRequired', async (authenticator) => {
      seen.push(authenticator);
      await null;
      Object.assign(authenticator, { user: 'USER', password: 'PASS', domain: 'DOM' });
      if (seen.length === 2) authenticator.cancel();
    });
    const ask = () => source.ask({ type: 'authentication', challenge });
    const credentials = { user: 'USER', password: 'PASS', domain: 'DOM' };
    expect(await ask()).toEqual({ answer: { credentials }, error: null });
    expect(await ask()).toEqual({ answer: { credentials: null }, error: null });
    const [{ scheme, realm, origin, isProxy, attempt, options }] = seen as [Authenticator];
    expect({ scheme, realm, origin, isProxy, attempt, options }).toEqual(challenge);
    const shown = inspect(seen, { showHidden: true, depth: 9, getters: false }) + JSON.stringify(seen);
    expect(shown).not.toMatch(/USER|PASS/);
    expect(() => Object.assign(seen[0]!, { user: 1 })).toThrow('authenticator: user must be a string');
  });

  test.each(Object.entries(failing))('a listener of the manager that %s means no', async (_, fail) => {
    const { reply, source } = await scriptedReply();
    const asked = new Signals<{ encrypted: () => unknown }>(new Set(['encrypted'])).on('encrypted', fail);
    reply.attach({
      finished: () => {},
      fault: () => {},
      behind: async () => {},
      ask: (signal) => asked.ask(signal as 'encrypted'),
    });
    const unasked = vi.fn();
    reply.on('encrypted', unasked);
    const { error } = await source.ask({ type: 'encrypted', security: UNTOLD_SECURITY });
    expect(NetworkError.from(error)).toMatchObject({ code: 'operation-canceled', cause: pin });
    expect(unasked).not.toHaveBeenCalled();
  });

  test('a listener that has aborted and then fails is told of as any other', async () => {
    const uncaught: unknown[] = [];
    vi.stubGlobal('queueMicrotask', catching(uncaught));
    const { reply, source } = await scriptedReply();
    reply.on('encrypted', () => {
      reply.abort();
      throw pin;
    });
    await source.ask({ type: 'encrypted', security: UNTOLD_SECURITY });
    vi.unstubAllGlobals();
    expect(uncaught).toEqual([pin]);
  });
});
