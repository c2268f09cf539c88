import type { NetworkErrorJson } from '../error.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import type { SslError } from '../util/ssl-error.ts';
import type { AuthenticationChallenge, Credentials } from './authentication.ts';
import type { PreSharedKey, PreSharedKeyRequest } from './pre-shared-key.ts';
import type { FlatFields } from './reply-event.ts';

/**
 * What the pipeline asks the application: a row for each question, with what it says and what is answered. Both are plain
 * data that survive a structured clone, so a question can cross a process boundary. Who is asked, by which signal, is in
 * `reply/questions.ts`.
 */
export interface Questions {
  /** Policy user-verified: may the redirect to `target` be followed? */
  readonly redirect: {
    readonly says: { readonly target: string; readonly status: number; readonly headers: FlatFields };
    readonly answer: { readonly allowed: boolean };
  };
  /** TLS is up and no byte has been sent: go on? */
  readonly encrypted: {
    readonly says: { readonly security: ConnectionSecurity };
    readonly answer: { readonly allowed: boolean };
  };
  /** The certificates of a server could not be accepted as they are, nothing has been sent: go on in spite of these errors? */
  readonly sslErrors: {
    readonly says: {
      /** Whose certificates they are, as in a URL. */
      readonly hostname: string;
      readonly errors: readonly SslError[];
    };
    readonly answer: { readonly ignored: boolean };
  };
  /** A key may stand in place of certificates, and there is no connection yet: is there one? */
  readonly preSharedKey: {
    readonly says: PreSharedKeyRequest;
    readonly answer: { readonly credentials: PreSharedKey | null };
  };
  /** A server wants to know who asks. */
  readonly authentication: {
    readonly says: { readonly challenge: AuthenticationChallenge };
    readonly answer: { readonly credentials: Credentials | null };
  };
  /** A proxy on the way wants to know who asks, before it lets the request through. */
  readonly proxyAuthentication: {
    readonly says: { readonly challenge: AuthenticationChallenge };
    readonly answer: { readonly credentials: Credentials | null };
  };
}

/** The name of a question: a key of {@link Questions}. */
export type QuestionType = keyof Questions;

/** One question, as plain data. */
export type Question<Type extends QuestionType = QuestionType> = {
  [Name in Type]: { readonly type: Name } & Questions[Name]['says'];
}[Type];

/** What comes back: the answer, or the error of a listener that failed, which is a *no* whatever the question was. */
export type Answered<Type extends QuestionType = QuestionType> =
  | {
      /** What the listeners have said, or what holds where there are none. */
      readonly answer: Questions[Type]['answer'];
      /** No listener has failed. */
      readonly error: null;
    }
  | {
      /** A listener has failed. */
      readonly answer: null;
      /** What it has failed with. */
      readonly error: NetworkErrorJson;
    };

/** Puts a question to whom it is for. Listeners may be async; resolves when all have settled, or one has failed. */
export type Ask = <Type extends QuestionType>(question: Question<Type>) => Promise<Answered<Type>>;

/** What holds when no listener is there: silence lets TLS go on that is verified, and nothing else that was to be allowed. */
const UNHEARD: { readonly [Type in QuestionType]: Questions[Type]['answer'] } = {
  redirect: { allowed: false },
  encrypted: { allowed: true },
  authentication: { credentials: null },
  proxyAuthentication: { credentials: null },
  sslErrors: { ignored: false },
  preSharedKey: { credentials: null },
};

/** All that there are. */
export const QUESTION_TYPES = /* @__PURE__ */ Object.keys(UNHEARD) as readonly QuestionType[];

/** What no listener says. */
export function silenceOf<Type extends QuestionType>(type: Type): Questions[Type]['answer'] {
  return UNHEARD[type];
}

/** Asks no one. */
export const askNobody: Ask = async ({ type }) => ({ answer: UNHEARD[type], error: null });
