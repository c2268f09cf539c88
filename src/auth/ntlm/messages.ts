import { concatenate } from '../../util/bytes.ts';

/** Ids of attributes (MS-NLMP §2.2.2.1). */
export const AV = { EOL: 0, FLAGS: 6, TIMESTAMP: 7, TARGET_NAME: 9, CHANNEL_BINDINGS: 10 } as const;

/** What a server tells of itself in a challenge: id → value, in the order that it has. */
export type AvPairs = ReadonlyMap<number, Uint8Array>;

/** Attributes up to the end mark; null for what is cut off. Of an id that is repeated the first counts. */
export function readAvPairs(bytes: Uint8Array): AvPairs | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pairs = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = view.getUint16(at, true);
    if (id === AV.EOL) return pairs;
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > bytes.length) return null;
    if (!pairs.has(id)) pairs.set(id, bytes.slice(at + 4, end));
    at = end;
  }
  return null;
}

/** The attributes as they stand in an answer, with the end mark. */
export function writeAvPairs(pairs: AvPairs): Uint8Array {
  const parts = Array.from(pairs, ([id, value]) => concatenate([headOf(id, value.length), value]));
  return concatenate([...parts, headOf(AV.EOL, 0)]);
}

function headOf(id: number, length: number): Uint8Array {
  return Uint8Array.of(id & 255, id >> 8, length & 255, length >> 8);
}

/** NegotiateFlags (MS-NLMP §2.2.2.5), those that are used. Sealing and key exchange, which need RC4, are not offered. */
const FLAGS = {
  UNICODE: 0x1,
  REQUEST_TARGET: 0x4,
  NTLM: 0x200,
  ALWAYS_SIGN: 0x8000,
  EXTENDED_SESSIONSECURITY: 0x80000,
  TARGET_INFO: 0x800000,
  VERSION: 0x2000000,
  KEY_128: 0x20000000,
  KEY_56: 0x80000000,
} as const;

/** What is asked for. */
const OFFERED = Object.values(FLAGS).reduce<number>((all, flag) => (all | flag) >>> 0, 0);

const SIGNATURE = 'NTLMSSP\0';
/** Bytes before the payload. */
const NEGOTIATE_SIZE = 40;
const CHALLENGE_SIZE = 48;
const AUTHENTICATE_SIZE = 88;
/** Where the MIC stands in an authenticate message. */
export const MIC_OFFSET = 72;

/** Windows 10, NTLM revision 15 (§2.2.2.10): some servers take no message without a version. */
const VERSION = [10, 0, 0, 0, 0, 0, 0, 15];

/** What the server has sent (§2.2.1.2). */
export interface NtlmChallenge {
  /** The message itself, which the MIC covers. */
  readonly bytes: Uint8Array;
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Uint8Array;
  readonly targetInfo: AvPairs;
}

/** The first message (§2.2.1.1): the same for everybody. */
export function negotiateMessage(): Uint8Array {
  const message = new Message(1, NEGOTIATE_SIZE, NEGOTIATE_SIZE);
  message.flags(12, OFFERED);
  message.bytes.set(VERSION, 32);
  return message.bytes;
}

const NOTHING_TOLD: AvPairs = new Map();

/** The challenge, or null for what is none, or has no use for NTLMv2. Every length is the server's word: it is checked. */
export function readChallenge(bytes: Uint8Array): NtlmChallenge | null {
  if (bytes.length < CHALLENGE_SIZE || !isSigned(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8, true) !== 2) return null;
  const flags = view.getUint32(20, true);
  const start = view.getUint32(44, true);
  const end = start + view.getUint16(40, true);
  if (end > bytes.length || (flags & FLAGS.UNICODE) === 0) return null;
  // A server that tells nothing of itself (Squid's own helpers) has none.
  const targetInfo = start === end ? NOTHING_TOLD : readAvPairs(bytes.slice(start, end));
  return targetInfo === null ? null : { bytes, flags, serverChallenge: bytes.slice(24, 32), targetInfo };
}

/** The parts of the last message. */
interface NtlmAnswer {
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
}

/** The last message (§2.2.1.3), its MIC still empty. */
export function authenticateMessage(challenge: NtlmChallenge, answer: NtlmAnswer): Uint8Array {
  const parts = [
    [28, utf16(answer.domain)],
    [36, utf16(answer.user)],
    [44, utf16(answer.workstation)],
    [12, answer.lmResponse],
    [20, answer.ntResponse],
    [52, new Uint8Array(0)],
  ] as const;
  const length = parts.reduce((sum, [, value]) => sum + value.length, AUTHENTICATE_SIZE);
  const message = new Message(3, length, AUTHENTICATE_SIZE);
  for (const [at, value] of parts) message.payload(at, value);
  // What the server has agreed to, of what was offered.
  message.flags(60, (challenge.flags & OFFERED) | FLAGS.VERSION);
  message.bytes.set(VERSION, 64);
  return message.bytes;
}

/** A message on its way out: fields point into a payload that grows. */
class Message {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #end: number;

  constructor(type: number, length: number, payload: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
    this.#end = payload;
    this.bytes.set(Uint8Array.from(SIGNATURE, (character) => character.charCodeAt(0)));
    this.#view.setUint32(8, type, true);
  }

  flags(at: number, value: number): void {
    this.#view.setUint32(at, value >>> 0, true);
  }

  payload(at: number, value: Uint8Array): void {
    this.#view.setUint16(at, value.length, true);
    this.#view.setUint16(at + 2, value.length, true);
    this.#view.setUint32(at + 4, this.#end, true);
    this.bytes.set(value, this.#end);
    this.#end += value.length;
  }
}

function isSigned(bytes: Uint8Array): boolean {
  return [...SIGNATURE].every((character, i) => bytes[i] === character.charCodeAt(0));
}

/** UTF-16, little-endian. */
export function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i * 2] = code & 255;
    bytes[i * 2 + 1] = code >> 8;
  }
  return bytes;
}
