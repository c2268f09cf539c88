import { request } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../fuzz/http1/compare.ts';
import { DISAGREEMENTS, type Disagreement } from '../fuzz/http1/disagreements.ts';
import { type FuzzInput, generateResponse } from '../fuzz/http1/generate-response.ts';
import { ourOutcome } from '../fuzz/http1/our-outcome.ts';
import { fieldLines, newOutcome, type Outcome } from '../fuzz/http1/outcome.ts';
import { Random } from '../fuzz/http1/random.ts';

describe('our response parser against llhttp', () => {
  test('differs in nothing that is not listed', { timeout: 240_000 }, () => {
    for (let seed = 0; seed < 20_000; seed++) {
      const random = new Random(seed);
      compare(generateResponse(random), random);
    }
  });

  const [major = 0, minor = 0] = (process.versions.llhttp ?? '').split('.').map(Number);
  const isThere = ({ gone: [last, since] = [Infinity, 0] }: Disagreement): boolean =>
    major < last || (major === last && minor < since);

  test.each(DISAGREEMENTS.filter(isThere))('still differs in what is listed: $name', ({ name, example }) => {
    expect(compare(example, new Random(1))).toEqual([name]);
  });
});

describe('our response parser against node:http', () => {
  let server: Server;
  /** What the server sends next, to whoever asks. */
  let reply = '';

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(reply, 'latin1'));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });

  afterAll(() => new Promise((closed) => server.close(closed)));

  function nodeOutcome(input: FuzzInput): Promise<Outcome> {
    const outcome = newOutcome();
    reply = input.text;
    return new Promise((done) => {
      const { port } = server.address() as AddressInfo;
      const sent = request({ host: '127.0.0.1', port, method: input.method, agent: false });
      sent.on('error', () => {});
      sent.on('close', () => done(outcome));
      sent.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
        outcome.informational.push(`${statusCode} ${statusMessage}\n${fieldLines(rawHeaders)}`);
      });
      sent.on('response', (response) => {
        const { httpVersionMinor, statusCode, statusMessage, rawHeaders } = response;
        outcome.head = `${httpVersionMinor} ${statusCode} ${statusMessage}\n${fieldLines(rawHeaders)}`;
        response.setEncoding('latin1');
        response.on('error', () => {});
        response.on('data', (text: string) => {
          outcome.body += text;
        });
        response.on('end', () => {
          outcome.end = 'complete';
          outcome.trailers = fieldLines(response.rawTrailers);
        });
      });
      sent.end();
    });
  }

  test('agrees over a real connection where it agrees with llhttp', async () => {
    let compared = 0;
    for (let seed = 1_000_000; compared < 300; seed++) {
      const random = new Random(seed);
      const input = generateResponse(random);
      if (input.method === 'CONNECT' || compare(input, random).length > 0) continue;
      const ours = ourOutcome(input.method, [Buffer.from(input.text, 'latin1')]);
      if (ours.end === 'complete' && ours.why !== '') continue;
      const theirs = await nodeOutcome(input);
      compared++;
      expect(theirs.end, JSON.stringify(input)).toBe(ours.end);
      if (ours.end === 'complete') {
        const { informational, head, body, trailers } = ours;
        expect(theirs, JSON.stringify(input)).toMatchObject({ informational, head, body, trailers });
      }
    }
  });
});
