import type {
  AuthenticationAnswer,
  OutgoingRequest,
  PasswordCredentials,
} from '../../call/authentication.ts';
import { fromBase64, toBase64 } from '../../util/bytes.ts';
import type { Challenge } from '../challenge.ts';
import type { Scheme, Session } from '../scheme.ts';
import { negotiateMessage, readChallenge } from './messages.ts';
import { answerChallenge, channelBindingHash, type NtlmAccount } from './response.ts';

/** What NTLM needs beside our own hashes. */
export interface NtlmMeans {
  now(): number;
  random(bytes: number): Uint8Array;
}

/**
 * NTLMv2 (MS-NLMP, MS-NTHT), without the weaker ones before it: with MIC and channel binding, without sealing. It
 * authenticates a connection, in three messages: ours, the challenge, ours again.
 */
export function ntlmScheme(means: NtlmMeans): Scheme {
  return {
    name: 'ntlm',
    rank: 4,
    isReadable: false,
    isConnectionBound: true,
    takes: (credentials) => 'user' in credentials,
    // A challenge with a message in it belongs to a handshake that has begun.
    strengthOf: () => 1,
    begin(_, credentials) {
      if (!('user' in credentials)) throw new TypeError('NTLM needs a user and a password');
      return new Beginning(credentials, means);
    },
    spaceOf: () => ['/'],
  };
}

/** The first leg. */
class Beginning implements Session {
  readonly #credentials: PasswordCredentials;
  readonly #means: NtlmMeans;
  readonly #message = negotiateMessage();

  constructor(credentials: PasswordCredentials, means: NtlmMeans) {
    this.#credentials = credentials;
    this.#means = means;
  }

  answer(): AuthenticationAnswer {
    return { value: `NTLM ${toBase64(this.#message)}`, isUnfinished: true };
  }

  goesOn({ token68 }: Challenge): Session | null {
    const bytes = token68 === null ? undefined : fromBase64(token68);
    const challenge = bytes === undefined ? null : readChallenge(bytes);
    if (challenge === null) return null;
    const account = accountOf(this.#credentials);
    const { now, random } = this.#means;
    const negotiate = this.#message;
    return {
      answer({ hostname = '' }: OutgoingRequest, binding: Uint8Array | null = null): AuthenticationAnswer {
        const message = answerChallenge(challenge, account, {
          clientChallenge: random(8),
          now: now(),
          targetName: `HTTP/${hostname}`,
          channelBinding: binding === null ? null : channelBindingHash(binding),
          negotiate,
        });
        return { value: `NTLM ${toBase64(message)}` };
      },
      goesOn: () => null,
    };
  }
}

/** `DOMAIN\user` names both; `user@domain` is a user by itself, whose domain stays empty (MS-NLMP §3.1.5.1.2). */
export function accountOf({ user, password, domain, workstation = '' }: PasswordCredentials): NtlmAccount {
  const backslash = user.indexOf('\\');
  if (domain !== undefined || backslash < 0) return { user, password, domain: domain ?? '', workstation };
  return { user: user.slice(backslash + 1), password, domain: user.slice(0, backslash), workstation };
}
