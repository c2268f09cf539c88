import type { NetworkError } from '../error.ts';
import type { Exchange } from './exchange.ts';
import type { AnswerTo, Question } from './question.ts';

/** Asks the application. The idle timer stands still meanwhile. Rejects with the reason when the exchange is cancelled. */
export function ask<Q extends Question>(exchange: Exchange, question: Q): Promise<AnswerTo<Q>> {
  const { idle } = exchange;
  idle?.pause();
  let giveUp: (reason: NetworkError) => void = () => {};
  const answer = new Promise<AnswerTo<Q>>((resolve, reject) => {
    giveUp = reject;
    exchange.onCancel(giveUp);
    exchange.sink.ask(question).then(resolve, reject);
  });
  return answer.finally(() => {
    exchange.offCancel(giveUp);
    idle?.resume();
  });
}
