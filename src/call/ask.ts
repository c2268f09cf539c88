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
  let giveUp: (reason: NetworkError) => void = () => {};
  const asked = new Promise<Questions[Type]['answer']>((resolve, reject) => {
    giveUp = reject;
    call.onCancel(giveUp);
    call.sink
      .ask(question)
      .then(
        ({ answer, error }) => (error === null ? resolve(answer) : reject(NetworkError.from(error))),
        reject,
      );
  });
  return asked.finally(() => {
    call.offCancel(giveUp);
    idle?.resume();
  });
}
