import type { AuthenticatingServer, AuthenticationAnswer } from '../call/authentication.ts';
import { parseChallenges, parseParameters } from './challenge.ts';
import type { Scheme } from './scheme.ts';

/** What a response says that may be a proof. */
export interface ResponseProof {
  /** Of Authentication-Info (Proxy-Authentication-Info). */
  readonly values: readonly string[];
  /** Of WWW-Authenticate (Proxy-Authenticate): where a handshake has its last word. */
  readonly challenges: readonly string[];
  readonly status: number;
}

const NO_INFO: ReadonlyMap<string, string> = new Map();

/** Whether whoever has taken an answer has shown that it may: null, or in words what is wrong, behind "the server". */
export function judgeProof(
  { name }: Scheme,
  answer: AuthenticationAnswer,
  { isProxy, isEncrypted }: AuthenticatingServer,
  { values, challenges, status }: ResponseProof,
): string | null | Promise<string | null> {
  if (answer.accept?.(values.length === 0 ? NO_INFO : parseParameters(values.join(', '))) === false)
    return 'does not know the password: the rspauth of its Authentication-Info is wrong';
  if (answer.prove === undefined) return null;
  const said = parseChallenges([...challenges, ...values]).find(
    ({ scheme, token68 }) => scheme === name && token68 !== null,
  );
  // A proxy says nothing with a tunnel. TLS has told who a server is; a response that is no success may not come of it.
  const isNeeded = !isProxy && !isEncrypted && status >= 200 && status < 300;
  return answer.prove(said?.token68 ?? null).then((isProven) => {
    if (isProven === false) return 'does not know the key of its service: its token of Negotiate is wrong';
    return isProven === null && isNeeded
      ? 'has not shown that it knows the key of its service: there is no token of Negotiate in its answer, and over http nothing else tells who it is'
      : null;
  });
}
