import type { ResponseParserOptions } from '../../../src/http1/response-parser-options.ts';
import { DISAGREEMENTS } from './disagreements.ts';
import type { FuzzInput } from './generate-response.ts';
import { llhttpOutcome } from './llhttp-outcome.ts';
import { ourOutcome } from './our-outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Random } from './random.ts';

/** As a transport on Node gives it. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};
const PARSER_OPTIONS: ResponseParserOptions = {
  latin1: (bytes, start, end) => latin1Slice.call(bytes, start, end),
};

/** No input has that many disagreements; a rewriting that does not rewrite would have. */
const MOST_CLASSES = 16;

/**
 * Names of the classes of {@link DISAGREEMENTS} that an input falls into, none when both parsers agree.
 *
 * @throws Error when they differ in a way that is not listed, or when our events depend on how the bytes are split.
 */
export function compare(input: FuzzInput, random: Random): string[] {
  const names: string[] = [];
  for (let now = input; names.length < MOST_CLASSES; ) {
    const bytes = Buffer.from(now.text, 'latin1');
    const ours = ourOutcome(now.method, [bytes], PARSER_OPTIONS);
    const split = ourOutcome(now.method, pieces(bytes, random), random.chance(0.5) ? {} : PARSER_OPTIONS);
    if (!sameOutcome(ours, split)) throw finding('the events depend on the split', now, ours, split);
    const theirs = llhttpOutcome(now.method, bytes);
    if (agree(ours, theirs)) return names;
    const listed = DISAGREEMENTS.find((candidate) => candidate.applies(now, ours, theirs));
    if (listed === undefined) throw finding('not listed', now, ours, theirs);
    names.push(listed.name);
    if (listed.without === undefined) return names;
    now = listed.without(now);
  }
  throw new Error(`no end to the disagreements on ${JSON.stringify(input)}`);
}

function pieces(bytes: Uint8Array, random: Random): Uint8Array[] {
  const longest = random.pick([1, 2, 5, 50]);
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.integer(longest);
    out.push(bytes.subarray(at, at + size));
    at += size;
  }
  return out;
}

/** Two failures agree whatever their reasons and however much came before, as long as what came is the same. */
function agree(ours: Outcome, theirs: Outcome): boolean {
  if (ours.end === 'failed' && theirs.end === 'failed') {
    return (
      (ours.head === null || theirs.head === null || ours.head === theirs.head) &&
      (ours.body.startsWith(theirs.body) || theirs.body.startsWith(ours.body)) &&
      ours.informational.every((head, i) => (theirs.informational[i] ?? head) === head)
    );
  }
  return sameOutcome({ ...ours, why: theirs.why }, theirs);
}

function sameOutcome(a: Outcome, b: Outcome): boolean {
  return (
    a.end === b.end &&
    a.head === b.head &&
    a.body === b.body &&
    a.trailers === b.trailers &&
    a.keepAlive === b.keepAlive &&
    a.why === b.why &&
    a.informational.join('\n') === b.informational.join('\n')
  );
}

function finding(what: string, input: FuzzInput, ours: Outcome, other: Outcome): Error {
  return new Error(`${what}: ${JSON.stringify({ input, ours, other }, null, 1)}`);
}
