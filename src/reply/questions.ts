import type { Answered, Question, Questions, QuestionType } from '../call/question.ts';
import { NetworkError } from '../error.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import { reportUncaught } from '../signals.ts';
import { withoutFragment } from '../util/url.ts';
import type { ReplyCore } from './reply-core.ts';

/** One question: whom it is put to, and how its answer is told. */
interface Row<Type extends QuestionType> {
  /** The signal of the reply that asks. */
  readonly signal: 'redirected' | 'encrypted';
  /** The signal of the manager, whose listeners are asked before the reply's own, as in Qt. */
  readonly ofManager: 'encrypted' | null;
  /** What the reply's listeners are given, and what they have answered when all have settled. */
  put(
    core: ReplyCore,
    question: Question<Type>,
  ): { readonly given: readonly unknown[]; answer(): Questions[Type]['answer'] };
}

/** What was shown of TLS. Few replies are asked, so it is not kept in each. */
const shown = new WeakMap<ReplyCore, ConnectionSecurity>();

/** What TLS has agreed on: for the response, or for the connection that the application was asked about before. */
export function securityOf(core: ReplyCore): ConnectionSecurity | null {
  return core.final === null ? (shown.get(core) ?? null) : core.final.security;
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
};

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
  const { given, answer } = row.put(core, question);
  try {
    if (row.ofManager !== null) await core.inContext(() => owner?.ask(row.ofManager!, reply));
    await reply.ask(row.signal, ...(given as [string]));
    return { answer: answer(), error: null };
  } catch (cause) {
    // The request of a reply that has ended meanwhile tells of nothing any more.
    if (!core.isRunning) reportUncaught(cause);
    return { answer: null, error: refusal(core, row.signal, cause).toJSON() };
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
