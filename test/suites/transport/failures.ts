import { describe, expect, test } from 'vitest';
import type { NetworkErrorCode } from '../../../src/error.ts';
import { NetworkError } from '../../../src/error.ts';
import {
  type Asked,
  type Bench,
  failureOf,
  GIVEN_UP,
  newId,
  RecordingSink,
  readAll,
  type Sent,
  until,
} from './harness.ts';
import { LOST_BEFORE_HEAD, LOST_IN_BODY, MALFORMED_BODY, MALFORMED_HEAD } from './raw-responses.ts';

/** Everything that peers and networks do wrong. */
export function failureTests({
  send,
  sendRaw,
  ask,
  environment,
  capabilities,
  testUnlessLimited,
  testWith,
}: Bench): void {
  const { parser, secureServer, control = environment.server } = environment;
  /** The codes that may stand for a failure: where details are not promised they may still be there. */
  const told = (code: NetworkErrorCode): NetworkErrorCode[] =>
    capabilities.errorDetail ? [code] : ['unknown-network', code];
  const forEach = (group: object, body: (name: string) => Promise<void>): void => {
    for (const name of Object.keys(group)) testUnlessLimited(name, () => body(name));
  };

  describe.runIf(parser === 'strict')('connections that are lost before the head', () => {
    forEach(LOST_BEFORE_HEAD, async (name) => {
      expect((await failureOf(await sendRaw(name))).code).toBe('remote-host-closed');
    });
  });

  describe('connections that are lost in the body', () => {
    forEach(LOST_IN_BODY, async (name) => {
      const outcome = await outcomeOf(await sendRaw(name));
      if (parser === 'strict') expect(outcome).toBeInstanceOf(RecordingSink);
      const failures = outcome instanceof NetworkError ? [outcome] : outcome.failures;
      expect(failures.map(({ code }) => told('remote-host-closed').includes(code))).toEqual([true]);
      if (outcome instanceof RecordingSink) expect(outcome.ends).toBe(0);
    });
  });

  describe.runIf(parser === 'strict')('malformed responses', () => {
    forEach({ ...MALFORMED_HEAD, ...MALFORMED_BODY }, async (name) => {
      expect((await failureOf(await sendRaw(name))).code).toBe('protocol-failure');
    });
  });

  describe.runIf(parser === 'lenient')('what a lenient parser may accept: one outcome, never a hang', () => {
    forEach({ ...LOST_BEFORE_HEAD, ...MALFORMED_HEAD, ...MALFORMED_BODY }, async (name) => {
      const outcome = await outcomeOf(await sendRaw(`${name}?end`));
      if (outcome instanceof NetworkError) return;
      expect(outcome.ends + outcome.failures.length).toBe(1);
    });
  });

  test.runIf(parser === 'strict')(
    'what follows a response at once is not taken for the next one',
    async () => {
      expect(await textOf(await sendRaw('surplus-after-the-body'))).toBe('12345');
      expect(await textOf(await sendRaw('no-reason'))).toBe('12345');
    },
  );

  test.runIf(parser === 'strict')(
    'what arrives on an idle connection is not taken for a response',
    async () => {
      expect(await textOf(await sendRaw('late-surplus'))).toBe('12345');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await textOf(await sendRaw('no-reason'))).toBe('12345');
    },
  );

  testUnlessLimited('a refused connection', async () => {
    const error = await failureOf(send(`http://127.0.0.1:${await ask('/closed-port')}/`));
    expect(told('connection-refused')).toContain(error.code);
  });

  testUnlessLimited('a host that does not exist', async () => {
    const error = await failureOf(send('http://nxdomain.invalid/path'));
    // Without a resolver nobody can say whether it exists.
    expect([...told('host-not-found'), 'temporary-network-failure']).toContain(error.code);
    expect(error.url).toBe('http://nxdomain.invalid/path');
  });

  test.runIf(secureServer !== undefined)('a certificate of an authority that is not trusted', async () => {
    const error = await failureOf(send(`${secureServer!.origin}/hello`, { options: { tls: null } }));
    expect(told('ssl-handshake-failed')).toContain(error.code);
    if (capabilities.errorDetail) expect(error.message).toMatch(/certificate/);
  });

  test('TLS with a peer that speaks none', async () => {
    const error = await failureOf(send(`${control.replace('http:', 'https:')}/hello`));
    expect(told('ssl-handshake-failed')).toContain(error.code);
  });

  describe.runIf(secureServer !== undefined)('TLS of an authority of one’s own', () => {
    const options = { tls: { ca: secureServer?.ca ?? '' } };
    const secure = (path: string, ask?: Asked): Sent =>
      send(secureServer!.origin + path, ask === undefined ? { options } : { options, ask });

    testWith('tls')('is trusted by `tls.ca`', async () => {
      const { exchange, response } = secure('/hello');
      const { security } = await response;
      expect(security?.ignoredErrors).toEqual([]);
      expect((await readAll(await response)).text).toBe('hello');
      expect(exchange.timings.secureConnectEnd).toBeGreaterThanOrEqual(exchange.timings.connectEnd);
    });

    testWith('tls')('asks before a byte is sent on a new connection, and not again', async () => {
      const questions: unknown[] = [];
      const ask: Asked = async (question) => {
        questions.push(question);
        return { allowed: true };
      };
      await readAll(await secure('/hello', ask).response);
      await readAll(await secure('/hello', ask).response);
      expect(questions).toEqual([
        { type: 'encrypted', security: expect.objectContaining({ ignoredErrors: [] }) },
      ]);
    });

    testWith('tls')('sends nothing when the answer is no', async () => {
      const id = newId();
      const declined = secure(`/hello?id=${id}`, async () => ({ allowed: false }));
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

async function textOf({ response }: Sent): Promise<string> {
  return (await readAll(await response)).text;
}

async function outcomeOf({ response }: Sent): Promise<NetworkError | RecordingSink> {
  try {
    return await readAll(await response);
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkError);
    return error as NetworkError;
  }
}
