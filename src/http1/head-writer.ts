import { isToken } from '../message/field-lexer.ts';
import { isFieldValue } from '../message/headers.ts';
import { memoizeLast } from '../util/memoize.ts';
import type { RequestFraming } from './request-framing.ts';

/** RFC 9112 §3.2 without the white space and controls that would end the request line; nothing above ASCII. */
const REQUEST_TARGET = /^[\x21-\x7e]+$/;

/**
 * The head of an HTTP/1.1 request (RFC 9112 §3), to be written as latin1.
 *
 * The framing fields are written from `framing` alone: Content-Length and Transfer-Encoding among the `pairs` are left
 * out, so that no field can contradict the body that is sent. All that could end a line early was refused when the
 * request was made, and is refused once more here, where it would become a second request.
 *
 * @param target in the form that the receiver needs: origin, absolute, authority or `*`. No fragment, no userinfo.
 * @param pairs flat `[name, value, …]`, names in lower case, in the order to write; Host is among them, once.
 * @throws TypeError when method, target, a name or a value has a character that does not belong there, or when there
 * is not exactly one Host.
 */
export function writeRequestHead(
  method: string,
  target: string,
  pairs: readonly string[],
  framing: RequestFraming,
): string {
  if (!isToken(method)) throw new TypeError('request head: the method is not a token (RFC 9110 §9.1)');
  if (!REQUEST_TARGET.test(target)) {
    throw new TypeError('request head: the request target has white space, a control or non-ASCII character');
  }
  const head = `${method} ${target} HTTP/1.1\r\n${rememberedLines(pairs)}`;
  return `${head}${FRAMING_FIELD[framing.kind]}${framing.kind === 'length' ? `${framing.length}\r\n` : ''}\r\n`;
}

/** The fields but those of the framing. */
function fieldLines(pairs: readonly string[]): string {
  let lines = '';
  let hosts = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i]!;
    const value = pairs[i + 1]!;
    if (name === 'content-length' || name === 'transfer-encoding') continue;
    if (name === 'host') hosts++;
    // The value itself may be a secret, so the message names only the field.
    if (!isFieldValue(value)) throw new TypeError(`request head: the value of ${name} cannot be sent`);
    lines += `${writtenName(name)}${value}\r\n`;
  }
  if (hosts !== 1) throw new TypeError(`request head: ${hosts} Host fields instead of one (RFC 9112 §3.2)`);
  return lines;
}

const rememberedLines = memoizeLast(fieldLines);

const FRAMING_FIELD: Readonly<Record<RequestFraming['kind'], string>> = {
  none: '',
  length: 'Content-Length: ',
  chunked: 'Transfer-Encoding: chunked\r\n',
};

const WRITTEN_NAMES = new Map<string, string>();
const REMEMBERED_NAMES = 512;

/** `Title-Case-Per-Dash: `, as Qt writes it: some old servers compare names with case. */
function writtenName(name: string): string {
  let written = WRITTEN_NAMES.get(name);
  if (written === undefined) {
    if (!isToken(name) || name !== name.toLowerCase()) {
      throw new TypeError('request head: a field name is not a token in lower case (RFC 9110 §5.1)');
    }
    written = `${name.split('-').map(capitalised).join('-')}: `;
    if (WRITTEN_NAMES.size < REMEMBERED_NAMES) WRITTEN_NAMES.set(name, written);
  }
  return written;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
