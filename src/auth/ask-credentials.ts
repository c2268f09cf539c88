import { ask } from '../call/ask.ts';
import type { AuthenticationChallenge, AuthenticationSettings, Credentials } from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import { NetworkError } from '../error.ts';
import type { CredentialCache } from './credential-cache.ts';
import { credentialsOf, toCredentials } from './credentials.ts';

/** What is asked, and of whom. */
export interface CredentialsQuestion {
  readonly challenge: AuthenticationChallenge;
  /** The option `credentials`, which is asked before the listeners. */
  readonly source: AuthenticationSettings['credentials'];
  /** What stands for the account of the system, where that may answer before a listener is asked; otherwise null. */
  readonly system: Credentials | null;
  /** Where others may be waiting for the same answer, or have had it; null for a request that shares none. */
  readonly cache: CredentialCache | null;
  readonly server: string;
  /** What others have had by now will do: the URL has not named somebody else. */
  readonly isKnownWanted: boolean;
  isRefused(credentials: Credentials): boolean;
  /** It is this request that asks, while others wait: what is given is called when the answer has been remembered. */
  leads(done: () => void): void;
  readonly call: Call;
}

/**
 * Credentials from the application, or null. What is asked for a protection space is asked once: who comes meanwhile waits
 * for that answer, and asks itself when whoever asked has left (an abort).
 */
export async function askCredentials(question: CredentialsQuestion): Promise<Credentials | null> {
  const { cache, server, challenge, call } = question;
  if (cache === null) return giveOnce(question);
  for (;;) {
    const known = question.isKnownWanted ? cache.get(server, challenge.realm)?.credentials : undefined;
    if (known !== undefined && !question.isRefused(known)) return known;
    const pending = cache.asked(server, challenge.realm);
    if (pending === null) break;
    const answer = await call.wait(pending);
    if (answer === null || (answer !== undefined && !question.isRefused(answer))) return answer;
  }
  const given = give(question);
  question.leads(cache.share(server, challenge.realm, given));
  return given;
}

/** What was given in a call: its attempts (`retry`) ask for it once, whether or not it is remembered for others. */
const inCall = new WeakMap<Call, Map<string, Credentials>>();

async function giveOnce(question: CredentialsQuestion): Promise<Credentials | null> {
  const { call, server, challenge } = question;
  const given = inCall.get(call) ?? new Map<string, Credentials>();
  inCall.set(call, given);
  // What was given to a strong scheme is not given to a weak one without a word.
  const key = JSON.stringify([server, challenge.realm, challenge.scheme]);
  const known = given.get(key);
  if (known !== undefined && !question.isRefused(known)) return known;
  const asked = await give(question);
  if (asked !== null) given.set(key, asked);
  return asked;
}

async function give(question: CredentialsQuestion): Promise<Credentials | null> {
  const ofSource = await askSource(question);
  // The same again would be refused again.
  if (ofSource !== null && !question.isRefused(ofSource)) return ofSource;
  const { challenge, call, system } = question;
  if (system !== null && !question.isRefused(system)) return system;
  const type = challenge.isProxy ? 'proxyAuthentication' : 'authentication';
  const { credentials } = await ask(call, { type, challenge });
  try {
    // It may come from another process.
    return toCredentials(credentials);
  } catch (cause) {
    tell(question, `an answer to ${type}Required`, cause);
    return null;
  }
}

/** A source that fails has given none, and is a fault of its own. */
async function askSource(question: CredentialsQuestion): Promise<Credentials | null> {
  const { source, challenge, call } = question;
  if (source === null) return null;
  const { idle } = call;
  idle?.pause();
  try {
    const given =
      typeof source === 'function'
        ? call.inContext(() => source(challenge))
        : credentialsOf(source, challenge.origin);
    return toCredentials(await call.wait(Promise.resolve(given)));
  } catch (cause) {
    call.throwIfCancelled();
    tell(question, 'the option credentials', cause);
    return null;
  } finally {
    idle?.resume();
  }
}

function tell({ challenge: { origin }, call }: CredentialsQuestion, what: string, cause: unknown): void {
  const why = cause instanceof Error ? cause.message : cause;
  const error = new NetworkError('authentication-required', `${what} failed for ${origin}: ${why}`, {
    url: origin,
  });
  call.emit({ type: 'fault', error: error.toJSON() });
}
