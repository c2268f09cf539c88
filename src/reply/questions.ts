import type { PreSharedKeyAuthenticator } from '../call/pre-shared-key.ts';
import {
  type Answered,
  askNobody,
  type Question,
  type Questions,
  type QuestionType,
} from '../call/question.ts';
import type { IgnorableSslError } from '../call/tls-answers.ts';
import { NetworkError } from '../error.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import { reportUncaught } from '../util/microtasks.ts';
import { withoutFragment } from '../util/url.ts';
import type { ReplyCore } from './reply-core.ts';
import type { AskedOfManager } from './reply-signals.ts';

/** One question: whom it is put to, and how its answer is told. */
interface Row<Type extends QuestionType> {
  /** The signal of the reply that asks, or null. */
  readonly signal:
    | 'redirected'
    | 'encrypted'
    | 'sslErrors'
    | 'authenticationRequired'
    | 'preSharedKeyAuthenticationRequired'
    | null;
  /** The signal of the manager, whose listeners are asked before the reply's own, as in Qt. */
  readonly ofManager: AskedOfManager | null;
  /** A listener that fails has answered nothing, and is a fault of the manager's; otherwise it has answered *no*. */
  readonly isSpared?: boolean;
  /**
   * What the listeners are given, those of the manager behind the reply or what stands in its place (`about`), and what they
   * have answered when all have settled.
   */
  put(
    core: ReplyCore,
    question: Question<Type>,
  ): { readonly given: readonly unknown[]; readonly about?: unknown; answer(): Questions[Type]['answer'] };
}

/** What was shown of TLS. Few replies are asked, so it is not kept in each. */
const shown = new WeakMap<ReplyCore, ConnectionSecurity>();

/** What TLS has agreed on: for the response, or for the connection that the application was asked about before. */
export function securityOf(core: ReplyCore): ConnectionSecurity | null {
  return core.final === null ? (shown.get(core) ?? null) : core.final.security;
}

/** See {@link NetworkReply.ignoreSslErrors}. */
export function ignoreSslErrors(
  { reply, source: { tlsAnswers } }: ReplyCore,
  errors?: readonly IgnorableSslError[],
): void {
  if (tlsAnswers !== undefined) {
    tlsAnswers.ignore(reply, errors);
    return;
  }
  const words = 'ignoreSslErrors(): the platform judges certificates by itself; have it trust the authority';
  throw new NetworkError('protocol-invalid-operation', words, { capability: 'tls' });
}

/** All that is asked. A new question is a row here and one in `call/question.ts`. */
const QUESTIONS: { readonly [Type in QuestionType]: Row<Type> } = {
  redirect: {
    signal: 'redirected',
    ofManager: null,
    put: (core, { target }) => {
      core.redirectAllowed = false;
      return {
        given: [target],
        answer: () => {
          if (core.redirectAllowed) core.url = target;
          return { allowed: core.redirectAllowed };
        },
      };
    },
  },
  encrypted: {
    signal: 'encrypted',
    ofManager: 'encrypted',
    put: (core, { security }) => {
      shown.set(core, security);
      return { given: [], answer: () => ({ allowed: core.isRunning }) };
    },
  },
  authentication: {
    signal: 'authenticationRequired',
    ofManager: 'authenticationRequired',
    isSpared: true,
    put: fillIn,
  },
  proxyAuthentication: {
    signal: null,
    ofManager: 'proxyAuthenticationRequired',
    isSpared: true,
    put: (core, question) => ({ ...fillIn(core, question), about: question.challenge.origin }),
  },
  sslErrors: {
    signal: 'sslErrors',
    ofManager: 'sslErrors',
    put: (core, { hostname, errors }) => {
      const isOwnHost = hostname === core.reply.request.url.hostname;
      const answer = core.source.tlsAnswers?.ask(core.reply, isOwnHost, errors);
      return { given: [errors], answer: () => ({ ignored: core.isRunning && answer?.() === true }) };
    },
  },
  preSharedKey: {
    signal: 'preSharedKeyAuthenticationRequired',
    ofManager: 'preSharedKeyAuthenticationRequired',
    put: (core, { type, ...asked }) => {
      const filled: PreSharedKeyAuthenticator = { ...asked, identity: '', preSharedKey: '' };
      const answer = () => {
        const { identity, preSharedKey } = filled;
        return { credentials: core.isRunning && preSharedKey.length > 0 ? { identity, preSharedKey } : null };
      };
      return { given: [filled], answer };
    },
  },
};

/** What is filled in is made by the part that answers challenges: without it there is no such question. */
function fillIn({ owner }: ReplyCore, { challenge }: Question<'authentication' | 'proxyAuthentication'>) {
  const authenticator = owner?.authenticator?.(challenge);
  return { given: [authenticator], answer: () => ({ credentials: authenticator?.credentials ?? null }) };
}

/** Whether a listener is there. */
export function isHeard({ reply, owner }: ReplyCore, type: QuestionType): boolean {
  const { signal, ofManager } = QUESTIONS[type];
  return (
    (signal !== null && reply.listenerCount(signal) > 0) ||
    (ofManager !== null && owner?.listens?.(ofManager) === true)
  );
}

/**
 * Asks the listeners of a reply, and of its manager. One that fails has answered *no*, whatever the others say: it may be
 * the one that looks at certificates.
 */
export async function askListeners<Type extends QuestionType>(
  core: ReplyCore,
  question: Question<Type>,
): Promise<Answered<Type>> {
  const row: Row<Type> = QUESTIONS[question.type as Type];
  const { reply, owner } = core;
  const { given, about = reply, answer } = row.put(core, question);
  const { signal, ofManager } = row;
  try {
    if (ofManager !== null) await core.inContext(() => owner?.ask(ofManager, about, ...given));
    if (signal !== null) await reply.ask(signal, ...(given as [never]));
    return { answer: answer(), error: null };
  } catch (cause) {
    // The request of a reply that has ended meanwhile tells of nothing any more.
    if (!core.isRunning) reportUncaught(cause);
    else if (row.isSpared && owner) {
      owner.fault(cause instanceof Error ? cause : new Error(textOf(cause)));
      return askNobody(question);
    }
    return { answer: null, error: refusal(core, signal ?? ofManager!, cause).toJSON() };
  }
}

function refusal({ reply }: ReplyCore, signal: string, cause: unknown): NetworkError {
  const url = withoutFragment(reply.request.url);
  return new NetworkError(
    'operation-canceled',
    `the request of ${url} was not allowed to go on: a listener of '${signal}' failed: ${textOf(cause)}`,
    { url, cause },
  );
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
