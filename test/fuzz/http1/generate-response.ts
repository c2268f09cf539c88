import { bodyText, chunked } from './generate-body.ts';
import { field, oddFraming, section, statusLine } from './generate-head.ts';
import type { Random } from './random.ts';

/** One input: what a server sends until it closes, as latin1 text, and the method that it answers. */
export interface FuzzInput {
  readonly method: string;
  readonly text: string;
}

/** A response by the grammar of RFC 9112 with a few rules broken, in a third of the cases with broken bytes as well. */
export function generateResponse(random: Random): FuzzInput {
  const method = random.chance(0.7) ? 'GET' : random.pick(['HEAD', 'POST', 'CONNECT', 'OPTIONS']);
  // Most inputs break at most one rule on purpose: else the first refusal would hide all others.
  const oddity = random.pick([0, 0.005, 0.02, 0.1]);
  let text = '';
  while (random.chance(0.08)) text += informational(random, oddity);
  text += finalResponse(random, oddity);
  if (random.chance(0.05))
    text += random.pick(['x', '\r\n', '\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '0\r\n\r\n']);
  if (random.chance(0.1)) text = text.slice(0, random.integer(text.length + 1));
  return { method, text: random.chance(0.33) ? mutate(random, text) : text };
}

const STATUSES = '200 200 200 200 204 206 301 304 404 500 599 999'.split(' ');

function informational(random: Random, oddity: number): string {
  return (
    statusLine(random, oddity, random.pick(['100', '102', '103', '103', '101', '199'])) +
    section(random, oddity, [])
  );
}

function finalResponse(random: Random, oddity: number): string {
  const status = random.pick(STATUSES);
  const body = bodyText(random, random.chance(0.1) ? 300 : 12);
  const framing: string[] = [];
  let content = body;
  const kind = random.pick(['length', 'length', 'chunked', 'chunked', 'close', 'odd']);
  if (kind === 'length') framing.push(field(random, oddity, 'Content-Length', String(body.length)));
  if (kind === 'chunked') {
    framing.push(
      field(random, oddity, 'Transfer-Encoding', random.quirk('chunked', 0.1, ['Chunked', 'CHUNKED'])),
    );
    content = chunked(random, oddity, body);
  }
  if (kind === 'odd') {
    const count = 1 + random.integer(2);
    for (let i = 0; i < count; i++) framing.push(oddFraming(random, body.length));
    if (random.chance(0.5)) content = chunked(random, oddity, body);
  }
  return statusLine(random, oddity, status) + section(random, oddity, framing) + content;
}

const INTERESTING = [...'\r\n \t:;,=0159afAF"HT/.-\0\x01\x7f\x80\xff'];

function mutate(random: Random, original: string): string {
  let out = original;
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const at = random.integer(out.length + 1);
    const length = 1 + random.integer(3);
    const byte = random.chance(0.8) ? random.pick(INTERESTING) : String.fromCharCode(random.integer(256));
    const rest = out.slice(at);
    out =
      out.slice(0, at) +
      random.pick([
        byte + rest,
        byte + rest.slice(1),
        rest.slice(length),
        rest.slice(0, length) + rest,
        rest.slice(random.integer(rest.length + 1)),
      ]);
  }
  return out;
}
