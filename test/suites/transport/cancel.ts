import { expect, test } from 'vitest';
import { makeExchange } from '../../support/fixtures.ts';
import {
  type Bench,
  failureOf,
  GIVEN_UP,
  newId,
  RecordingSink,
  readAll,
  UploadSource,
  until,
} from './harness.ts';

/** Cancellation at every point, from outside and by the transport itself. */
export function cancelTests({ send, sendRaw, request, transport, journal }: Bench): void {
  test('in the turn in which it was sent; the transport goes on', async () => {
    const { exchange, response } = send('/hello');
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    await readAll(await send('/hello').response);
  });

  test('an exchange that is over already sends nothing', async () => {
    const id = newId();
    const { exchange } = makeExchange();
    exchange.cancel(GIVEN_UP);
    await expect(transport().send(request(`/hello?id=${id}`), exchange)).rejects.toBe(GIVEN_UP);
    expect((await journal(id)).requests).toBe(0);
  });

  test('while the peer thinks', async () => {
    const id = newId();
    const { exchange, response } = send(`/black-hole?id=${id}`);
    await journal(id, 'arrived');
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    expect((await journal(id, 'ended')).ended).toBe('lost');
  });

  test('while the body goes up: its source is closed', async () => {
    const source = new UploadSource(async function* () {
      for (;;) {
        yield new Uint8Array(10);
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    const { exchange, response } = send('/black-hole', { method: 'POST', body: source });
    await until(() => source.pulled > 50);
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    await until(() => source.closed);
  });

  test('after the head, before the body is started', async () => {
    const id = newId();
    const { exchange, response } = send(`/stall?id=${id}`);
    const { body } = await response;
    exchange.cancel(GIVEN_UP);
    expect((await journal(id, 'ended')).ended).toBe('lost');
    const sink = new RecordingSink();
    body.start(sink);
    await sink.over;
    expect([sink.length, sink.ends, sink.failures]).toEqual([0, 0, [GIVEN_UP]]);
  });

  test('while the body flows: it fails with the reason, once', async () => {
    const id = newId();
    const { exchange, response } = send(`/stall?id=${id}`);
    const sink = new RecordingSink();
    const flowing = sink.nextData();
    (await response).body.start(sink);
    await flowing;
    exchange.cancel(GIVEN_UP);
    await sink.over;
    expect((await journal(id, 'ended')).ended).toBe('lost');
    expect([sink.text, sink.ends, sink.failures]).toEqual(['beginning', 0, [GIVEN_UP]]);
  });

  test('after the end: nothing', async () => {
    const { exchange, response } = send('/hello');
    const sink = await readAll(await response);
    exchange.cancel(GIVEN_UP);
    expect([sink.text, sink.ends, sink.failures]).toEqual(['hello', 1, []]);
  });

  test('what is over waits for no cancellation', async () => {
    const ended = send('/hello');
    await readAll(await ended.response);
    const failed = send('http://127.0.0.1:1/');
    await failureOf(failed);
    const dropped = send('/stall');
    (await dropped.response).body.cancel(GIVEN_UP);
    const cut = await sendRaw('closed-in-a-chunk');
    await failureOf(cut);
    expect([ended, failed, dropped, cut].map(({ cancelers }) => cancelers())).toEqual([0, 0, 0, 0]);
  });

  test('clearConnections fails what is in flight; later requests go on', async () => {
    const id = newId();
    const waiting = send(`/black-hole?id=${id}`);
    const flowing = send('/stall');
    const sink = new RecordingSink();
    const begun = sink.nextData();
    (await flowing.response).body.start(sink);
    await begun;
    await journal(id, 'arrived');
    transport().clearConnections?.();
    expect((await failureOf(waiting)).code).toBe('operation-canceled');
    expect((await sink.over).failures.map(({ code }) => code)).toEqual(['operation-canceled']);
    expect((await journal(id, 'ended')).ended).toBe('lost');
    expect((await readAll(await send('/hello').response)).text).toBe('hello');
  });

  test('close fails what is in flight and everything after it', async () => {
    const id = newId();
    const waiting = send(`/black-hole?id=${id}`);
    await journal(id, 'arrived');
    await transport().close();
    expect((await failureOf(waiting)).code).toBe('operation-canceled');
    expect((await journal(id, 'ended')).ended).toBe('lost');
    expect((await failureOf(send('/hello'))).code).toBe('operation-canceled');
  });
}
