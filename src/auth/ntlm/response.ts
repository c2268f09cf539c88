import { concatenate } from '../../util/bytes.ts';
import { md4 } from '../hash/md4.ts';
import { md5 } from '../hash/md5.ts';
import {
  AV,
  type AvPairs,
  authenticateMessage,
  MIC_OFFSET,
  type NtlmChallenge,
  utf16,
  writeAvPairs,
} from './messages.ts';

/** Whose password it is. */
export interface NtlmAccount {
  readonly user: string;
  readonly domain: string;
  readonly workstation: string;
  readonly password: string;
}

/** What an answer depends on beside the account and the challenge. */
export interface NtlmCircumstances {
  /** 8 bytes at random. */
  readonly clientChallenge: Uint8Array;
  /** Epoch milliseconds, for servers that do not tell their time. */
  readonly now: number;
  /** `HTTP/host`. */
  readonly targetName: string;
  /** What TLS is bound by ({@link channelBindingHash}), or null. */
  readonly channelBinding: Uint8Array | null;
  /** The message that began the handshake, which the MIC covers. */
  readonly negotiate: Uint8Array;
}

const NO_BINDING = new Uint8Array(16);
/** MsvAvFlags: the message has a MIC. */
const HAS_MIC = 2;

/**
 * The last message of NTLMv2 (MS-NLMP §3.3.2, §3.1.5.1.2). A server that tells its time gets a MIC over all three messages,
 * the name that is spoken to and the channel binding: nobody in between can take them apart or use them elsewhere.
 */
export function answerChallenge(
  challenge: NtlmChallenge,
  account: NtlmAccount,
  circumstances: NtlmCircumstances,
): Uint8Array {
  const { clientChallenge, now } = circumstances;
  const told = challenge.targetInfo.get(AV.TIMESTAMP);
  const targetInfo = writeAvPairs(
    told === undefined ? challenge.targetInfo : bound(challenge.targetInfo, circumstances),
  );
  const key = responseKey(account);
  const proof = ntProof(key, {
    serverChallenge: challenge.serverChallenge,
    clientChallenge,
    time: told ?? fileTime(now),
    targetInfo,
  });
  const lmResponse =
    told === undefined ? lmResponseOf(key, challenge.serverChallenge, clientChallenge) : new Uint8Array(24);
  const message = authenticateMessage(challenge, { ...account, lmResponse, ntResponse: proof.response });
  if (told !== undefined) {
    const mic = hmacMd5(proof.sessionKey, circumstances.negotiate, challenge.bytes, message);
    message.set(mic, MIC_OFFSET);
  }
  return message;
}

function bound(pairs: AvPairs, { channelBinding, targetName }: NtlmCircumstances): AvPairs {
  const flags = new Uint8Array(4);
  flags.set(pairs.get(AV.FLAGS)?.subarray(0, 4) ?? []);
  flags[0]! |= HAS_MIC;
  return new Map([
    ...pairs,
    [AV.FLAGS, flags],
    [AV.CHANNEL_BINDINGS, channelBinding ?? NO_BINDING],
    [AV.TARGET_NAME, utf16(targetName)],
  ]);
}

/** NTOWFv1: what Windows keeps of a password. */
export function ntHash(password: string): Uint8Array {
  return md4(utf16(password));
}

/** NTOWFv2. */
export function responseKey({ user, domain, password }: Omit<NtlmAccount, 'workstation'>): Uint8Array {
  return hmacMd5(ntHash(password), utf16(user.toUpperCase() + domain));
}

/** What the proof is computed over. */
export interface Proven {
  readonly serverChallenge: Uint8Array;
  readonly clientChallenge: Uint8Array;
  /** FILETIME. */
  readonly time: Uint8Array;
  /** As it is written, end mark included. */
  readonly targetInfo: Uint8Array;
}

/** NTProofStr, the NtChallengeResponse that begins with it, and the session's key. */
export function ntProof(
  key: Uint8Array,
  { serverChallenge, clientChallenge, time, targetInfo }: Proven,
): { readonly proof: Uint8Array; readonly response: Uint8Array; readonly sessionKey: Uint8Array } {
  const head = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0);
  const none = new Uint8Array(4);
  const temp = concatenate([head, time, clientChallenge, none, targetInfo, none]);
  const proof = hmacMd5(key, serverChallenge, temp);
  return { proof, response: concatenate([proof, temp]), sessionKey: hmacMd5(key, proof) };
}

/** LMv2, for servers that do not tell their time. */
export function lmResponseOf(
  key: Uint8Array,
  serverChallenge: Uint8Array,
  clientChallenge: Uint8Array,
): Uint8Array {
  return concatenate([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge]);
}

/** 100 ns since 1601, little-endian (§2.3). */
export function fileTime(now: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(Math.trunc(now) + 11_644_473_600_000) * 10_000n, true);
  return new Uint8Array(view.buffer);
}

/**
 * What a channel binding is in NTLM: MD5 of the structure that GSS-API passes it in (MS-NLMP §3.1.5.1.2; RFC 2744 §3.11), with
 * no addresses.
 * @param binding `tls-server-end-point:` and a hash of the certificate (RFC 5929 §4)
 */
export function channelBindingHash(binding: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(20));
  head.setUint32(16, binding.length, true);
  return md5(concatenate([new Uint8Array(head.buffer), binding]));
}

const BLOCK = 64;

/** HMAC-MD5 (RFC 2104) over the parts one after another. Keys are no longer than a block. */
export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const padded = new Uint8Array(BLOCK);
  padded.set(key);
  const inner = md5(concatenate([padded.map((byte) => byte ^ 0x36), ...parts]));
  return md5(concatenate([padded.map((byte) => byte ^ 0x5c), inner]));
}
