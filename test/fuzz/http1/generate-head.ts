import type { Random } from './random.ts';

export function statusLine(random: Random, oddity: number, status: string): string {
  const version = random.quirk(random.chance(0.1) ? 'HTTP/1.0' : 'HTTP/1.1', oddity, [
    'HTTP/0.9',
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/2',
    'http/1.1',
    'HTTP/1.10',
    'HTTP/01.1',
    'ICY',
    'RTSP/1.0',
    'HTTP /1.1',
    ' HTTP/1.1',
    '\r\nHTTP/1.1',
  ]);
  const code = random.quirk(status, oddity, ['20', '2000', '099', '000', '2x0', '-20', '', '+200', '0200']);
  const reason = random.quirk(random.chance(0.7) ? ' OK' : ' ', oddity * 2, [
    '',
    ' Not Found',
    '  two',
    ' tail ',
    ' caf\xe9',
    ' \x01',
    ' a\0b',
    ' a\tb',
    '\tOK',
    ' \x7f',
    'OK',
    ' a\rb',
  ]);
  return version + random.quirk(' ', oddity, ['', '  ', '\t']) + code + reason + lineEnd(random, oddity);
}

export function section(random: Random, oddity: number, framing: readonly string[]): string {
  const lines = [...framing];
  const count = random.integer(5);
  for (let i = 0; i < count; i++)
    lines.splice(random.integer(lines.length + 1), 0, plainField(random, oddity));
  return lines.join('') + lineEnd(random, oddity);
}

export function plainField(random: Random, oddity: number): string {
  if (random.chance(oddity)) {
    return random.pick([
      ': no-name\r\n',
      'no-colon\r\n',
      ' folded: first\r\n',
      '\tfolded\r\n',
      'X-A: b\r\n folded\r\n',
      'X-A: b\r\n\t\r\n',
      'X A: b\r\n',
      'X-A : b\r\n',
      'X-A\t: b\r\n',
      'X-\xe9: b\r\n',
      'X-"A": b\r\n',
      'X-A: a\0b\r\n',
      'X-A: a\x01b\r\n',
      'X-A: a\x7fb\r\n',
      'X-A: a\rb\r\n',
      'X-A: b\r\r\n',
      '\r\r\n',
      'X-A: b\n',
      'X-A:\r\n',
      'X-A:  \t\r\n',
      '__proto__: x\r\n',
      'X[A]: b\r\n',
      'X-A:b\r',
      '\0: b\r\n',
      'X-A\r\n : b\r\n',
    ]);
  }
  const name = random.pick([
    'Server',
    'Date',
    'Content-Type',
    'ETag',
    'Vary',
    'Set-Cookie',
    'Set-Cookie',
    'X-A',
    "!#$%&'*+-.^_`|~0z",
    'Connection',
    'Connection',
    'Upgrade',
  ]);
  const value =
    name === 'Connection'
      ? random.pick([
          'close',
          'keep-alive',
          'Keep-Alive',
          'Close',
          'keep-alive, close',
          'close, x',
          'x,close',
          'x',
          'upgrade',
          'closed',
          'keep-alive,',
          'xclose',
          'close close',
        ])
      : random.pick([
          '',
          'a',
          'text/html; charset=utf-8',
          'caf\xe9 \x80\x9f',
          '"quoted, \\" text"',
          'a=b; Path=/',
          'a\tb',
        ]);
  return field(random, oddity, name, value);
}

export function field(random: Random, oddity: number, name: string, value: string): string {
  const written = random.chance(0.2) ? random.pick([name.toLowerCase(), name.toUpperCase()]) : name;
  const before = random.quirk(' ', 0.1, ['', '\t', '  ', ' \t ']);
  const after = random.quirk('', 0.1, [' ', '\t', '  ']);
  return `${written}:${before}${value}${after}${lineEnd(random, oddity)}`;
}

export function oddFraming(random: Random, length: number): string {
  const lengths = [
    `${length}`,
    `${length}`,
    `${length}, ${length}`,
    `${length},${length + 1}`,
    `${length},`,
    `,${length}`,
    `+${length}`,
    `-${length}`,
    `0${length}`,
    `${length}.0`,
    `${length} ${length}`,
    '',
    '0x5',
    '5e0',
    '1_0',
    '9007199254740991',
    '9007199254740992',
    '18446744073709551615',
    '18446744073709551616',
    '99999999999999999999999',
    `${length};a`,
    `"${length}"`,
    '٣',
  ];
  const codings = [
    'chunked',
    'chunked',
    'gzip',
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'identity',
    '',
    'chunked;a=b',
    ',chunked',
    'chunked,',
    '"chunked"',
    'xchunked',
    'chunkedx',
    'chunked\x0b',
    'chunke',
    'trailers',
  ];
  return random.chance(0.5)
    ? `Content-Length: ${random.pick(lengths)}\r\n`
    : `Transfer-Encoding: ${random.pick(codings)}\r\n`;
}

export function lineEnd(random: Random, oddity: number): string {
  return random.quirk('\r\n', oddity / 2, ['\n', '\r', '\r\r\n', '\n\r', '\r\n\r', '\0\r\n', ' \r\n', '']);
}
