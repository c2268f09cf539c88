import { createHmac } from 'node:crypto';
import { md4 } from '../../src/auth/hash/md4.ts';

const SERVER_CHALLENGE = Buffer.from('0123456789abcdef', 'hex');

/** What a server of NTLMv2 says and looks at (MS-NLMP), written apart from ours but for MD4. One for each connection. */
export class NtlmVerifier {
  readonly #password: string;
  /** The attributes of the last message, by their ids. */
  readonly said = new Map<number, Buffer>();
  user = '';
  domain = '';
  #negotiate: Buffer | null = null;
  #challenge: Buffer | null = null;

  constructor(password: string) {
    this.#password = password;
  }

  /** null when the message is right; otherwise the challenge that answers it. */
  refusal(field: string | undefined): string | null {
    const message = Buffer.from(/^NTLM (\S+)$/.exec(field ?? '')?.[1] ?? '', 'base64');
    const type = message.length > 12 ? message.readUInt32LE(8) : 0;
    if (type === 1) {
      this.#negotiate = message;
      this.#challenge = challengeMessage();
      return `NTLM ${this.#challenge.toString('base64')}`;
    }
    return type === 3 && this.#challenge !== null && this.#isRight(message) ? null : 'NTLM';
  }

  #isRight(message: Buffer): boolean {
    const part = (at: number): Buffer => {
      const start = message.readUInt32LE(at + 4);
      return message.subarray(start, start + message.readUInt16LE(at));
    };
    this.domain = part(28).toString('utf16le');
    this.user = part(36).toString('utf16le');
    const response = part(20);
    const [proof, temp] = [response.subarray(0, 16), response.subarray(16)];
    for (let at = 28; temp.readUInt16LE(at) !== 0; at += 4 + temp.readUInt16LE(at + 2))
      this.said.set(temp.readUInt16LE(at), temp.subarray(at + 4, at + 4 + temp.readUInt16LE(at + 2)));
    const hash = md4(Uint8Array.from(Buffer.from(this.#password, 'utf16le')));
    const name = Buffer.from(this.user.toUpperCase() + this.domain, 'utf16le');
    const key = createHmac('md5', hash).update(name).digest();
    const expected = createHmac('md5', key).update(SERVER_CHALLENGE).update(temp).digest();
    const session = createHmac('md5', key).update(expected).digest();
    const withoutMic = Buffer.from(message);
    withoutMic.fill(0, 72, 88);
    const mic = createHmac('md5', session)
      .update(this.#negotiate!)
      .update(this.#challenge!)
      .update(withoutMic)
      .digest();
    return proof.equals(expected) && message.subarray(72, 88).equals(mic);
  }
}

function challengeMessage(): Buffer {
  const name = Buffer.from('DOM', 'utf16le');
  const time = Buffer.alloc(8, 1);
  const info = Buffer.concat([pair(2, name), pair(7, time), pair(0, Buffer.alloc(0))]);
  const head = Buffer.alloc(48);
  head.write('NTLMSSP\0', 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(0xa0888205, 20);
  SERVER_CHALLENGE.copy(head, 24);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(48, 44);
  return Buffer.concat([head, info]);
}

function pair(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}
