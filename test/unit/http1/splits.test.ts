import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trimOws } from '../../../src/message/field-lexer.ts';
import { isFieldValue } from '../../../src/message/headers.ts';
import { generateResponse } from '../../fuzz/http1/generate-response.ts';
import { ourOutcome } from '../../fuzz/http1/our-outcome.ts';
import { Random } from '../../fuzz/http1/random.ts';
import { receivedSlowly, wire } from './wire.ts';

const character = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const fieldName = fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{0,20}$/);
const fieldValue = fc.string({ unit: character.filter(isFieldValue) }).map(trimOws);
const fields = fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 10 });

interface Model {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly chunks: readonly string[];
  readonly trailers: readonly (readonly [string, string])[];
}

const model: fc.Arbitrary<Model> = fc.record({
  status: fc.integer({ min: 200, max: 999 }).filter((status) => status !== 204 && status !== 304),
  reason: fieldValue,
  fields,
  chunks: fc.array(fc.string({ unit: character, minLength: 1 }), { maxLength: 5 }),
  trailers: fields,
});

const lines = (pairs: Model['fields']): string =>
  pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('');
const listed = (pairs: Model['fields']): string =>
  pairs.map(([name, value]) => `${name}: ${value}\n`).join('');

function pieces(text: string, cuts: readonly number[]): Uint8Array[] {
  const bytes = wire(text);
  const at = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

const cuts = fc.array(fc.nat(5000), { maxLength: 12 });

describe('however the bytes are split', () => {
  test('a chunked response is what was written', () => {
    fc.assert(
      fc.property(model, cuts, ({ status, reason, fields, chunks, trailers }, at) => {
        const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
        const head = `HTTP/1.1 ${status} ${reason}\r\n${lines(fields)}Transfer-Encoding: chunked\r\n\r\n`;
        const outcome = ourOutcome('GET', pieces(`${head}${body}0\r\n${lines(trailers)}\r\n`, at));
        expect(outcome).toEqual({
          informational: [],
          head: `1 ${status} ${reason}\n${listed(fields)}transfer-encoding: chunked\n`,
          body: chunks.join(''),
          trailers: listed(trailers),
          end: 'complete',
          keepAlive: true,
          why: '',
        });
      }),
      { numRuns: 300 },
    );
  });

  test('a response with a length is what was written', () => {
    fc.assert(
      fc.property(model, cuts, ({ status, reason, fields, chunks }, at) => {
        const body = chunks.join('');
        const text = `HTTP/1.1 ${status} ${reason}\r\n${lines(fields)}Content-Length: ${body.length}\r\n\r\n${body}`;
        const outcome = ourOutcome('GET', pieces(text, at));
        expect(outcome).toMatchObject({ end: 'complete', body, why: '' });
        expect(outcome.head).toBe(`1 ${status} ${reason}\n${listed(fields)}content-length: ${body.length}\n`);
      }),
      { numRuns: 300 },
    );
  });

  test('the events are the same, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.nat(), cuts, (seed, at) => {
        const { method, text } = generateResponse(new Random(seed));
        const whole = ourOutcome(method, [wire(text)]);
        expect(ourOutcome(method, pieces(text, at))).toEqual(whole);
        expect(receivedSlowly(text, method)).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });
});
