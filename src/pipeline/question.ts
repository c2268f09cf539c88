import type { HttpHeaders } from '../message/headers.ts';

/**
 * What the pipeline asks the application, as plain data, and the answers: the events that ask (design: events tell,
 * questions wait) are a facade over these, so a question can cross a process boundary.
 */
export type Question =
  /** Policy user-verified: may the redirect to `target` be followed? */
  | {
      readonly type: 'redirect';
      readonly target: string;
      readonly status: number;
      readonly headers: HttpHeaders;
    }
  /** TLS is up and no byte has been sent: go on? */
  | { readonly type: 'encrypted' };

export interface Answers {
  redirect: { readonly allowed: boolean };
  encrypted: { readonly proceed: boolean };
}

export type AnswerTo<Q extends Question> = Answers[Q['type']];

/** Puts a question to whoever owns the reply. Listeners may be async; resolves when all have settled. */
export type Ask = <Q extends Question>(question: Q) => Promise<AnswerTo<Q>>;
