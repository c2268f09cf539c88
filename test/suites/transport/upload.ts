import { expect, test } from 'vitest';
import type { Echo } from '../../support/server/routes.ts';
import {
  type Bench,
  failureOf,
  GIVEN_UP,
  newId,
  readAll,
  type Sent,
  textBody,
  texts,
  UploadSource,
  untilStill,
} from './harness.ts';

const PIECE = new Uint8Array(64 * 1024).fill(0x61);
/** What may be taken from a source for a peer that reads nothing. */
const ON_THE_WAY = 32 * 1024 * 1024;

/** Bytes up. */
export function uploadTests({ send, capabilities, testWith, journal }: Bench): void {
  const echoOf = async ({ response }: Sent): Promise<Echo> =>
    JSON.parse((await readAll(await response)).text);
  const fieldOf = ({ fields }: Echo, wanted: string): string | undefined =>
    fields.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const post = (target: string, body: UploadSource | ReturnType<typeof textBody>): Sent =>
    send(target, { method: 'POST', body });

  test('bytes go up with their length', async () => {
    const echo = await echoOf(post('/echo', textBody('some bytes')));
    expect(echo.body).toBe('some bytes');
    expect(fieldOf(echo, 'content-length')).toBe('10');
  });

  test('no bytes are a body, too', async () => {
    const echo = await echoOf(post('/echo', textBody('')));
    expect([echo.body, fieldOf(echo, 'content-length')]).toEqual(['', '0']);
  });

  test('every byte arrives as it is', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const echo = await echoOf(post('/echo', new UploadSource(() => [all], 256)));
    expect(echo.body).toBe(String.fromCharCode(...all));
  });

  test.each([
    ['known', 9],
    ['unknown', null],
  ])('chunks of %s length go up in order; their source is opened once and closed', async (_name, length) => {
    const source = new UploadSource(texts('one', 'two', '', 'six'), length);
    expect((await echoOf(post('/echo', source))).body).toBe('onetwosix');
    expect([source.opened, source.closed]).toEqual([1, true]);
  });

  test('a large body arrives in whole', async () => {
    const pieces = 100;
    const source = new UploadSource(() => new Array<Uint8Array>(pieces).fill(PIECE));
    const sink = await readAll(await post('/count', source).response);
    expect(sink.text).toBe(String(pieces * PIECE.length));
  });

  testWith('uploadProgress')('progress is told as bytes leave, and ends with all of them', async () => {
    const length = 20 * PIECE.length;
    const bytes = new Uint8Array(length);
    for (const [body, total] of [
      [new UploadSource(() => new Array<Uint8Array>(20).fill(PIECE), length), length],
      [new UploadSource(() => new Array<Uint8Array>(20).fill(PIECE)), -1],
      [{ ...textBody(''), bytes, length }, length],
    ] as const) {
      const { events, response } = send('/count', { method: 'PUT', body });
      await readAll(await response);
      const progress = events.flatMap((event) => (event.type === 'upload-progress' ? [event] : []));
      const sent = progress.map((event) => event.sent);
      expect(sent.length).toBeGreaterThan(1);
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
      expect(progress.at(-1)).toEqual({ type: 'upload-progress', sent: length, total });
      expect(events.at(-1)?.type).toBe('request-sent');
    }
  });

  test.each([
    ['shorter', texts('123')],
    ['longer', texts('12345', '6')],
  ])('a body %s than its length promised fails, and its source is closed', async (_name, chunks) => {
    const source = new UploadSource(chunks, 5);
    expect((await failureOf(post('/echo', source))).code).toBe('unknown-network');
    expect(source.closed).toBe(true);
  });

  test('a source that fails ends the request with its error as cause', async () => {
    // What the source says must not pass for what the network says.
    const failure = Object.assign(new Error('the disk is gone'), { code: 'ENOENT' });
    const source = new UploadSource(function* () {
      yield PIECE;
      throw failure;
    });
    const error = await failureOf(post('/echo', source));
    expect(error.code).toBe('unknown-network');
    expect(causesOf(error)).toContain(failure);
    expect(source.closed).toBe(true);
  });

  test('a source that cannot be opened fails like any other, also when the peer asks for it', async () => {
    const failure = new Error('somebody else reads it');
    const open = (): never => {
      throw failure;
    };
    const body = { ...textBody(''), bytes: null, length: null, replayable: false, open };
    const fields = capabilities.informational ? [{}, { Expect: '100-continue' }] : [{}];
    for (const headers of fields) {
      const error = await failureOf(send('/echo', { method: 'POST', body, headers }));
      expect([error.code, causesOf(error).includes(failure)]).toEqual(['unknown-network', true]);
    }
  });

  testWith('requestStreams')('a source is read no faster than the peer reads', async () => {
    const source = new UploadSource(function* () {
      for (;;) yield PIECE;
    });
    const { exchange, response } = post('/deaf', source);
    expect(await untilStill(() => source.pulled)).toBeLessThan(ON_THE_WAY);
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    expect(source.closed).toBe(true);
  });

  testWith('requestStreams')('a response that comes before the upload is over is delivered', async () => {
    const id = newId();
    let letGo = (): void => {};
    const source = new UploadSource(async function* () {
      yield PIECE;
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    });
    const response = await post(`/early?id=${id}`, source).response;
    expect(response.status).toBe(413);
    expect((await readAll(response)).text).toBe('too early');
    letGo();
  });

  test.skipIf(capabilities.requestStreams === 'always')('a body is collected up to a limit', async () => {
    const options = { maximumCollectedUpload: 9 };
    const within = new UploadSource(texts('one', 'two', 'six'));
    expect((await echoOf(send('/echo', { method: 'POST', body: within, options }))).body).toBe('onetwosix');
    const beyond = new UploadSource(texts('one', 'two', 'three'));
    const error = await failureOf(send('/echo', { method: 'POST', body: beyond, options }));
    expect([error.code, error.capability]).toEqual(['protocol-invalid-operation', 'requestStreams']);
    expect(beyond.closed).toBe(true);
  });

  testWith('informational')('Expect: 100-continue holds the body back until the peer wants it', async () => {
    const headers = { Expect: '100-continue' };
    const { events, response } = send('/echo', { method: 'POST', body: textBody('wanted'), headers });
    expect(JSON.parse((await readAll(await response)).text).body).toBe('wanted');
    const types = events.map(({ type }) => type).filter((type) => type !== 'socket-started-connecting');
    expect(types).toEqual(['informational', 'upload-progress', 'request-sent']);
  });

  testWith('informational')(
    'a body that the peer refuses with its final response is never opened',
    async () => {
      const source = new UploadSource(texts('unwanted'), 8);
      const headers = { Expect: '100-continue' };
      const response = await send('/early', { method: 'POST', body: source, headers }).response;
      expect((await readAll(response)).text).toBe('too early');
      expect(source.opened).toBe(0);
    },
  );

  test('GET with a body: sent in whole, or refused before anything is', async () => {
    const id = newId();
    const sent = send(`/echo?id=${id}`, { method: 'GET', body: textBody('query') });
    const response = await sent.response.catch((error) => error);
    if (response.status === 200) {
      expect(JSON.parse((await readAll(response)).text).body).toBe('query');
    } else {
      expect(response.code).toBe('protocol-invalid-operation');
      expect((await journal(id)).requests).toBe(0);
    }
  });
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 5; cause = cause.cause)
    causes.push(cause);
  return causes;
}
