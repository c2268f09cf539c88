import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hexOf } from '../../../src/auth/binary.ts';
import { parseChallenges } from '../../../src/auth/challenge.ts';
import {
  AV,
  authenticateMessage,
  negotiateMessage,
  readAvPairs,
  readChallenge,
  utf16,
  writeAvPairs,
} from '../../../src/auth/ntlm/messages.ts';
import { accountOf, ntlmScheme } from '../../../src/auth/ntlm/ntlm.ts';
import {
  answerChallenge,
  channelBindingHash,
  fileTime,
  hmacMd5,
  lmResponseOf,
  ntHash,
  ntProof,
  responseKey,
} from '../../../src/auth/ntlm/response.ts';
import { toBase64 } from '../../../src/util/bytes.ts';
import { SERVER } from './bodies.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** MS-NLMP §4.2.1 and §4.2.4. */
const EXAMPLE = {
  user: 'User',
  domain: 'Domain',
  password: 'Password',
  serverChallenge: bytes('0123456789abcdef'),
  clientChallenge: bytes('aaaaaaaaaaaaaaaa'),
  time: new Uint8Array(8),
  targetInfo: bytes('02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000'),
};

/** MS-NLMP §4.2.4.3, without the flags that are not ours: what a server sends. */
const CHALLENGE = bytes(
  '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000' +
    '06007017000000005300650072007600650072000200' +
    '0c0044006f006d00610069006e0001000c0053006500720076006500720000000000',
);

describe('MS-NLMP §4.2', () => {
  test('keys and proofs', () => {
    expect(hexOf(ntHash('Password'))).toBe('a4f49c406510bdcab6824ee7c30fd852');
    const key = responseKey(EXAMPLE);
    expect(hexOf(key)).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
    const { proof, response, sessionKey } = ntProof(key, EXAMPLE);
    expect(hexOf(proof)).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect(hexOf(sessionKey)).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
    expect(hexOf(response).startsWith('68cd0ab851e51c96aabc927bebef6a1c0101000000000000')).toBe(true);
    expect(hexOf(lmResponseOf(key, EXAMPLE.serverChallenge, EXAMPLE.clientChallenge))).toBe(
      '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa',
    );
  });

  test('its challenge is read', () => {
    const read = readChallenge(CHALLENGE)!;
    expect(hexOf(read.serverChallenge)).toBe('0123456789abcdef');
    expect(hexOf(writeAvPairs(read.targetInfo))).toBe(hexOf(EXAMPLE.targetInfo));
  });

  test('the answer has its parts where the message says', () => {
    const message = answerChallenge(
      readChallenge(CHALLENGE)!,
      { ...EXAMPLE, workstation: 'COMPUTER' },
      {
        clientChallenge: EXAMPLE.clientChallenge,
        now: -11_644_473_600_000,
        targetName: 'HTTP/host',
        channelBinding: null,
        negotiate: negotiateMessage(),
      },
    );
    const { lm, nt, domain, user, workstation, key, mic } = partsOf(message);
    expect(hexOf(lm)).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
    expect(hexOf(nt.subarray(0, 16))).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect([domain, user, workstation].map((part) => hexOf(part))).toEqual(
      ['Domain', 'User', 'COMPUTER'].map((text) => hexOf(utf16(text))),
    );
    expect(key).toHaveLength(0);
    // It tells no time, so it knows of no MIC.
    expect(hexOf(mic)).toBe('0'.repeat(32));
  });
});

test('a server that tells its time gets a MIC, the channel binding and the name that is spoken to', () => {
  const timestamp = fileTime(Date.UTC(2026, 10, 29));
  const info = writeAvPairs(
    new Map([
      [2, utf16('DOM')],
      [AV.FLAGS, bytes('01000000')],
      [AV.TIMESTAMP, timestamp],
    ]),
  );
  const challenge = readChallenge(withTargetInfo(info))!;
  const negotiate = negotiateMessage();
  const binding = channelBindingHash(new TextEncoder().encode('tls-server-end-point:x'));
  const account = { user: 'user', domain: 'DOM', password: 'pass', workstation: '' };
  const message = answerChallenge(challenge, account, {
    clientChallenge: bytes('ffffff0011223344'),
    now: 0,
    targetName: 'HTTP/host.test',
    channelBinding: binding,
    negotiate,
  });
  const { lm, nt, mic } = partsOf(message);
  expect(hexOf(lm)).toBe('0'.repeat(48));
  expect(nt.subarray(24, 32)).toEqual(timestamp);
  const pairs = readAvPairs(nt.slice(44))!;
  expect([...pairs.keys()]).toEqual([2, AV.FLAGS, AV.TIMESTAMP, AV.CHANNEL_BINDINGS, AV.TARGET_NAME]);
  expect(hexOf(pairs.get(AV.FLAGS)!)).toBe('03000000');
  expect(pairs.get(AV.CHANNEL_BINDINGS)).toEqual(binding);
  expect(pairs.get(AV.TARGET_NAME)).toEqual(utf16('HTTP/host.test'));
  const { sessionKey } = ntProof(responseKey(account), {
    serverChallenge: challenge.serverChallenge,
    clientChallenge: bytes('ffffff0011223344'),
    time: timestamp,
    targetInfo: nt.slice(44, -4),
  });
  const empty = message.slice();
  empty.fill(0, 72, 88);
  expect(mic).toEqual(hmacMd5(sessionKey, negotiate, challenge.bytes, empty));
});

// Windows' own example (Extended Protection for Authentication; Wireshark captures of the same form).
test('a channel binding is hashed as GSS-API passes it', () => {
  const data = new TextEncoder().encode('tls-server-end-point:');
  const expected = hexOf(channelBindingHash(data));
  const struct = Buffer.concat([Buffer.alloc(16), Buffer.from([data.length, 0, 0, 0]), data]);
  expect(expected).toBe(createHash('md5').update(struct).digest('hex'));
});

test('FILETIME', () => {
  expect(hexOf(fileTime(Date.UTC(2003, 5, 17, 10)))).toBe(hexOf(bytes('0090d336b734c301')));
});

test.each([
  [
    { user: 'DOM\\ann', password: 'p' },
    { user: 'ann', domain: 'DOM' },
  ],
  [
    { user: 'ann@dom.test', password: 'p' },
    { user: 'ann@dom.test', domain: '' },
  ],
  [
    { user: 'ann', password: 'p', domain: 'D' },
    { user: 'ann', domain: 'D' },
  ],
  [
    { user: 'a\\b', password: 'p', domain: 'D' },
    { user: 'a\\b', domain: 'D' },
  ],
])('the account of %j', (credentials, expected) => {
  expect(accountOf(credentials)).toMatchObject(expected);
});

describe('what a server may send', () => {
  test('is a challenge, or null, whatever its lengths say', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 120 }),
        fc.array(fc.tuple(fc.nat(119), fc.nat(255)), { maxLength: 6 }),
        (tail, flips) => {
          const message = Uint8Array.from([...CHALLENGE.subarray(0, 56), ...tail]);
          for (const [at, byte] of flips) message[at % message.length] = byte;
          const read = readChallenge(message);
          if (read === null) return;
          expect(read.serverChallenge).toHaveLength(8);
          authenticateMessage(read, {
            lmResponse: bytes(''),
            ntResponse: bytes(''),
            domain: '',
            user: '',
            workstation: '',
          });
        },
      ),
    );
    for (let length = 0; length < CHALLENGE.length; length++)
      expect(readChallenge(CHALLENGE.slice(0, length))).toBeNull();
  });

  test.each([
    ['no base64', 'NTLM a==='],
    ['nothing', 'NTLM'],
    ['a message of another type', `NTLM ${toBase64(negotiateMessage())}`],
    ['garbage', 'NTLM AAAA'],
  ])('%s ends the handshake', (_, field) => {
    const scheme = ntlmScheme({ now: () => 0, random: (length) => new Uint8Array(length) });
    const [challenge] = parseChallenges([field]);
    const session = scheme.begin(challenge!, { user: 'u', password: 'p' }, SERVER);
    expect(session.goesOn(challenge!)).toBeNull();
  });
});

test('two messages, of which the first goes without a body, and shows nobody', () => {
  const scheme = ntlmScheme({ now: () => 0, random: (length) => new Uint8Array(length) });
  const session = scheme.begin(
    parseChallenges(['NTLM'])[0]!,
    { user: 'DOM\\user', password: 'SECRET' },
    SERVER,
  );
  const outgoing = { method: 'PUT', target: '/', body: null, hostname: 'h.test' };
  const first = session.answer(outgoing);
  expect(first).toEqual({ value: `NTLM ${toBase64(negotiateMessage())}`, isUnfinished: true });
  const next = session.goesOn(parseChallenges([`NTLM ${toBase64(CHALLENGE)}`])[0]!)!;
  const { value } = next.answer(outgoing) as { value: string };
  expect(partsOf(Uint8Array.from(Buffer.from(value.slice(5), 'base64'))).user).toEqual(utf16('user'));
  expect(next.goesOn(parseChallenges([`NTLM ${toBase64(CHALLENGE)}`])[0]!)).toBeNull();
});

/** The fields of an authenticate message, read as a server does. */
function partsOf(message: Uint8Array) {
  const view = new DataView(message.buffer, message.byteOffset);
  const part = (at: number) => {
    const start = view.getUint32(at + 4, true);
    return message.slice(start, start + view.getUint16(at, true));
  };
  return {
    lm: part(12),
    nt: part(20),
    domain: part(28),
    user: part(36),
    workstation: part(44),
    key: part(52),
    mic: message.slice(72, 88),
  };
}

function withTargetInfo(info: Uint8Array): Uint8Array {
  const message = new Uint8Array(56 + info.length);
  message.set(CHALLENGE.subarray(0, 56));
  message.set(info, 56);
  const view = new DataView(message.buffer);
  view.setUint16(40, info.length, true);
  view.setUint32(44, 56, true);
  return message;
}
