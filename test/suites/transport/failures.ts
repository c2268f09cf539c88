import { describe, expect, test } from 'vitest';
import type { NetworkErrorCode } from '../../../src/error.ts';
import { NetworkError } from '../../../src/error.ts';
import {
  type Ask,
  type Bench,
  failureOf,
  GIVEN_UP,
  newId,
  type RecordingSink,
  readAll,
  type Sent,
  until,
} from './harness.ts';
import { LOST_BEFORE_HEAD, LOST_IN_BODY, MALFORMED_BODY, MALFORMED_HEAD } from './raw-responses.ts';

/** Everything that peers and networks do wrong. */
export function failureTests({ send, ask, environment, capabilities, testWith }: Bench): void {
  const { parser, secureServer } = environment;
  const told = (code: NetworkErrorCode): NetworkErrorCode =>
    capabilities.errorDetail ? code : 'unknown-network';

  describe.runIf(parser === 'strict')('connections that are lost before the head', () => {
    test.each(Object.keys(LOST_BEFORE_HEAD))('%s', async (name) => {
      expect((await failureOf(send(`/raw/${name}`))).code).toBe('remote-host-closed');
    });
  });

  describe('connections that are lost in the body', () => {
    test.each(Object.keys(LOST_IN_BODY))('%s', async (name) => {
      const sink = await readAll(await send(`/raw/${name}`).response);
      expect([sink.ends, sink.failures.map(({ code }) => code)]).toEqual([0, [told('remote-host-closed')]]);
      expect('12345'.startsWith(sink.text)).toBe(true);
    });
  });

  describe.runIf(parser === 'strict')('malformed responses', () => {
    test.each(Object.keys({ ...MALFORMED_HEAD, ...MALFORMED_BODY }))('%s', async (name) => {
      const error = await failureOf(send(`/raw/${name}`));
      expect(error.code).toBe('protocol-failure');
      expect(error.message).not.toBe('');
    });
  });

  describe.runIf(parser === 'lenient')(
    'responses that a lenient parser may accept: one outcome, never a hang',
    () => {
      test.each(Object.keys({ ...LOST_BEFORE_HEAD, ...MALFORMED_HEAD, ...MALFORMED_BODY }))(
        '%s',
        async (name) => {
          const outcome = await outcomeOf(send(`/raw/${name}?end`));
          if (outcome instanceof NetworkError) return;
          expect(outcome.ends + outcome.failures.length).toBe(1);
        },
      );
    },
  );

  test('what follows a response is not taken for the next one', async () => {
    expect((await readAll(await send('/raw/surplus-after-the-body').response)).text).toBe('12345');
    expect((await readAll(await send('/hello').response)).text).toBe('hello');
  });

  test('a refused connection', async () => {
    const error = await failureOf(send(`http://127.0.0.1:${await ask('/closed-port')}/`));
    expect(error.code).toBe(told('connection-refused'));
  });

  test('a host that does not exist', async () => {
    const error = await failureOf(send('http://nxdomain.invalid/path'));
    const codes = [told('host-not-found')];
    // Without a resolver nobody can say whether it exists.
    if (capabilities.errorDetail) codes.push('temporary-network-failure');
    expect(codes).toContain(error.code);
    expect(error.url).toBe('http://nxdomain.invalid/path');
  });

  test.runIf(secureServer !== undefined)('a certificate of an authority that is not trusted', async () => {
    const error = await failureOf(send(`${secureServer!.origin}/hello`));
    expect(error.code).toBe(told('ssl-handshake-failed'));
    if (capabilities.errorDetail) expect(error.message).toMatch(/certificate/);
  });

  test.runIf(secureServer !== undefined)('TLS with a peer that speaks none', async () => {
    const error = await failureOf(send(`${environment.server.replace('http:', 'https:')}/hello`));
    expect(error.code).toBe(told('ssl-handshake-failed'));
  });

  describe.runIf(secureServer !== undefined)('TLS of an authority of one’s own', () => {
    const options = { tls: { ca: secureServer?.ca ?? '' } };
    const secure = (path: string, ask?: Ask): Sent =>
      send(secureServer!.origin + path, ask === undefined ? { options } : { options, ask });

    testWith('tls')('is trusted by `tls.ca`', async () => {
      const { exchange, response } = secure('/hello');
      const { encrypted, certificateErrorsIgnored = false } = await response;
      expect([encrypted, certificateErrorsIgnored]).toEqual([true, false]);
      expect((await readAll(await response)).text).toBe('hello');
      expect(exchange.timings.secureConnectEnd).toBeGreaterThanOrEqual(exchange.timings.connectEnd);
    });

    testWith('tls')('asks before a byte is sent on a new connection, and not again', async () => {
      const questions: unknown[] = [];
      const ask: Ask = async (question) => {
        questions.push(question);
        return { proceed: true };
      };
      await readAll(await secure('/hello', ask).response);
      await readAll(await secure('/hello', ask).response);
      expect(questions).toEqual([{ type: 'encrypted' }]);
    });

    testWith('tls')('sends nothing when the answer is no', async () => {
      const id = newId();
      const declined = secure(`/hello?id=${id}`, async () => ({ proceed: false }));
      expect((await failureOf(declined)).code).toBe('operation-canceled');
      const record = await readAll(await secure(`/journal?of=${id}`).response);
      expect(JSON.parse(record.text).requests).toBe(0);
    });

    testWith('tls')('sends nothing when the request is given up meanwhile', async () => {
      const id = newId();
      const open = secure(`/hello?id=${id}`, () => new Promise(() => {}));
      await until(() => open.exchange.timings.secureConnectEnd > 0);
      open.exchange.cancel(GIVEN_UP);
      await expect(open.response).rejects.toBe(GIVEN_UP);
      const record = await readAll(await secure(`/journal?of=${id}`).response);
      expect(JSON.parse(record.text).requests).toBe(0);
    });
  });
}

async function outcomeOf({ response }: Sent): Promise<NetworkError | RecordingSink> {
  try {
    return await readAll(await response);
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkError);
    return error as NetworkError;
  }
}
