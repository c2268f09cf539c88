import type { ResponseParserOptions } from '../../../src/http1/response-parser-options.ts';
import { ourOutcome } from '../../fuzz/http1/our-outcome.ts';
import type { Outcome } from '../../fuzz/http1/outcome.ts';

/** The bytes of a latin1 text. */
export function wire(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What the parser makes of a server that sends this text and closes. */
export function received(text: string, method = 'GET', options: ResponseParserOptions = {}): Outcome {
  return ourOutcome(method, [wire(text)], options);
}

/** The same, byte by byte. */
export function receivedSlowly(text: string, method = 'GET', options: ResponseParserOptions = {}): Outcome {
  return ourOutcome(
    method,
    [...text].map((character) => wire(character)),
    options,
  );
}

/** The reason in a `protocol-failure`, as it stands in an {@link Outcome}. */
export function refused(reason: string): string {
  return `HTTP/1.1 response refused: ${reason}`;
}
