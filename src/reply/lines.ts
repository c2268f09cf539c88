import { type Checks, checkOptions, TEXT, wholeNumber } from '../checks/checker.ts';
import { ERROR_BODY_LIMIT, NetworkError } from '../error.ts';
import { concatenate } from '../util/bytes.ts';
import { LineSplitter } from '../util/line-splitter.ts';
import { charsetOf, decoderFor, decodeToEnd, encodingOfMark, type TextSource } from './body-text.ts';
import { type JsonSource, parseJson, type StandardSchema } from './consume.ts';
import { requestName } from './error-sentence.ts';
import { errorToThrow, statusError } from './reply-error.ts';

/** Options of `reply.lines()` and its like. */
export interface LineOptions {
  /** Most characters of one line; a longer one is unknown-content. @default 1 Mi */
  readonly maximumLineLength?: number | undefined;
  /** Label of the encoding, whatever the response says. @default as for `text()` */
  readonly encoding?: string | undefined;
}

const CHECKS: Checks<LineOptions> = { maximumLineLength: wholeNumber(1), encoding: TEXT };
const DEFAULT_LINE_LENGTH = 2 ** 20;

/** Bytes that tell the encoding of a text: its byte order mark. */
const MARK_LENGTH = 3;

/** How a body is made lines of. */
interface LineRules {
  readonly limit: number;
  /** null: as the body and its Content-Type say. */
  readonly encoding: string | null;
}

/** @throws TypeError for options that there are not */
export function lineRules(options: LineOptions | undefined): LineRules {
  const { maximumLineLength: limit = DEFAULT_LINE_LENGTH, encoding = null } = checkOptions(
    'lines',
    options,
    CHECKS,
  );
  return { limit, encoding };
}

/**
 * The lines of a body, without their ends, as they arrive. Only what the reader has not asked for yet is held back, and the
 * network with it.
 *
 * @param chunks the body; leaving early leaves it
 * @param source the reply, of which more is known once its body has begun
 * @throws NetworkError what the reply fails with, its status as for `text()`, unknown-content for a line that is too long
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  source: TextSource,
  { limit, encoding }: LineRules,
): AsyncGenerator<string, void, undefined> {
  const lines = new LineSplitter(limit);
  try {
    for await (const text of piecesOfText(chunks, source, encoding)) yield* lines.push(text);
    const last = lines.end();
    if (last !== null) yield last;
  } catch (error) {
    throw error instanceof RangeError ? unreadable(source, error) : error;
  }
}

/** The values of a body of which each line is JSON; empty lines are left out. */
export async function* valuesOf<Output>(
  lines: AsyncIterable<string>,
  source: JsonSource,
  schema: StandardSchema<Output> | undefined,
): AsyncGenerator<Output, void, undefined> {
  for await (const line of lines) {
    if (/\S/.test(line)) yield await parseJson(line, source, schema);
  }
}

async function* piecesOfText(
  chunks: AsyncIterable<Uint8Array>,
  source: TextSource,
  encoding: string | null,
): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | null = null;
  // Bytes whose encoding is not known yet, that may be half of a byte order mark (of such a half Node 24 and 26 forget that the
  // mark was there, and take the next for it), or of an error status.
  let waiting = NO_BYTES;
  for await (const chunk of chunks) {
    if (refusesStatus(source)) {
      waiting = concatenate([waiting, chunk]);
      if (waiting.length >= ERROR_BODY_LIMIT) break;
      continue;
    }
    const bytes = waiting.length === 0 ? chunk : concatenate([waiting, chunk]);
    const isKnown = decoder !== null || bytes.length >= MARK_LENGTH;
    waiting = isKnown ? NO_BYTES : bytes;
    if (!isKnown) continue;
    decoder ??= decoderOf(bytes, source, encoding);
    yield decoder.decode(bytes, { stream: true });
  }
  throwStatus(source, waiting);
  decoder ??= decoderOf(waiting, source, encoding);
  yield decodeToEnd(decoder, waiting);
}

const NO_BYTES = new Uint8Array() as Uint8Array;

function decoderOf(bytes: Uint8Array, { head, decoding }: TextSource, encoding: string | null): TextDecoder {
  return decoderFor(encoding ?? encodingOfMark(bytes) ?? charsetOf(head), decoding);
}

function refusesStatus({ request, head }: TextSource): boolean {
  return request.options.throwHttpErrors && statusError(request, head) !== null;
}

/** @throws NetworkError that of the status, with the body that it came with, where the request wants that */
function throwStatus({ request, head }: TextSource, body: Uint8Array): void {
  const thrown = errorToThrow(statusError(request, head), request, head, () => body);
  if (thrown !== null) throw thrown;
}

function unreadable({ request, head }: TextSource, cause: RangeError): NetworkError {
  const url = head?.url ?? request.url.href;
  const message = `${requestName(request.method, url)} was answered with a body that cannot be read as lines: ${cause.message} (maximumLineLength allows more)`;
  return new NetworkError('unknown-content', message, { url, status: head?.status, cause });
}
