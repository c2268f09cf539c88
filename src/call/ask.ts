import { NetworkError } from '../error.ts';
import type { Call } from './call.ts';
import type { Question, Questions, QuestionType } from './question.ts';

/**
 * Asks the application. The idle timer stands still meanwhile. Rejects with operation-canceled when a listener failed, and
 * with the reason when the call is cancelled.
 */
export function ask<Type extends QuestionType>(
  call: Call,
  question: Question<Type>,
): Promise<Questions[Type]['answer']> {
  const { idle } = call;
  idle?.pause();
  const answered = call.sink.ask(question).then(({ answer, error }) => {
    if (error !== null) throw NetworkError.from(error);
    return answer;
  });
  return call.wait(answered).finally(() => idle?.resume());
}
