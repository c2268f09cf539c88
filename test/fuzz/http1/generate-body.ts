import { lineEnd, oddFraming, plainField } from './generate-head.ts';
import type { Random } from './random.ts';

export function chunked(random: Random, oddity: number, body: string): string {
  let out = '';
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.integer(body.length - at);
    const digits = random.chance(0.2) ? size.toString(16).toUpperCase() : size.toString(16);
    out += chunkSize(random, oddity, digits) + body.slice(at, at + size) + lineEnd(random, oddity);
    at += size;
  }
  out += chunkSize(random, oddity, '0');
  const trailers = random.chance(0.2) ? 1 + random.integer(2) : 0;
  for (let i = 0; i < trailers; i++) {
    out += random.chance(oddity) ? oddFraming(random, body.length) : plainField(random, oddity);
  }
  return out + lineEnd(random, oddity);
}

function chunkSize(random: Random, oddity: number, digits: string): string {
  const written = random.quirk(digits, oddity, [
    `0x${digits}`,
    `+${digits}`,
    `-${digits}`,
    ` ${digits}`,
    `${digits} `,
    `${digits}\t`,
    `00${digits}`,
    `${'0'.repeat(20)}${digits}`,
    '',
    'g',
    '1fffffffffffff',
    '20000000000000',
    'ffffffffffffffff',
    '10000000000000000',
    `${digits}.`,
    `${digits}_`,
  ]);
  const extension = random.chance(0.1)
    ? random.pick([
        ';a',
        ';a=b',
        ';a="b;\\"c"',
        ';a=b;c',
        '; a=b',
        ' ;a=b',
        ';',
        ';;',
        ';=b',
        ';a="b',
        ';a=\xe9',
        ';a= b',
        ';a =b',
        ';a=b\0',
        ';a\rb',
        ';a="\r"',
        ';a,b',
        ',a',
        ';a=b ',
        ';\x01',
      ])
    : '';
  return written + extension + lineEnd(random, oddity);
}

export function bodyText(random: Random, longest: number): string {
  const length = random.integer(longest);
  let out = '';
  for (let i = 0; i < length; i++)
    out += random.chance(0.1)
      ? random.pick(['\r', '\n', '\0', '\r\n', '\xff', '0'])
      : 'abcdefghij'[random.integer(10)];
  return out;
}
