import { ResponseParser } from '../../../src/http1/response-parser.ts';
import type { ResponseParserOptions } from '../../../src/http1/response-parser-options.ts';
import { fieldLines, newOutcome, type Outcome } from './outcome.ts';

/**
 * Feeds a parser as a transport does, and closes.
 *
 * @param pieces the bytes in the pieces in which they arrive.
 */
export function ourOutcome(
  method: string,
  pieces: readonly Uint8Array[],
  options: ResponseParserOptions = {},
): Outcome {
  const outcome = newOutcome();
  const parser = new ResponseParser(
    {
      onInformational: ({ status, reason, headers }) => {
        outcome.informational.push(`${status} ${reason}\n${fieldLines(headers.pairs)}`);
      },
      onHead: ({ minorVersion, status, reason, headers }, framing) => {
        outcome.head = `${minorVersion} ${status} ${reason}\n${fieldLines(headers.pairs)}`;
        outcome.keepAlive = framing.keepAlive;
        if (framing.kind === 'tunnel') outcome.end = 'tunnel';
      },
      onData: (bytes) => {
        for (const byte of bytes) outcome.body += String.fromCharCode(byte);
      },
      onEnd: (trailers) => {
        outcome.end = 'complete';
        outcome.trailers = trailers === null ? '' : fieldLines(trailers.pairs);
      },
    },
    options,
  );
  parser.expect(method);
  try {
    for (const piece of pieces) parser.execute(piece);
    parser.finish();
  } catch (error) {
    outcome.why = (error as Error).message;
  }
  return outcome;
}
