import type { Answered, Question, QuestionType } from '../call/question.ts';
import type { ReplyEvent } from '../call/reply-event.ts';
import type { NetworkReply } from './reply.ts';
import type { BodyControl } from './reply-body.ts';

/**
 * Another side that has the reply: it is told every event in place of the body that would fill here, and asked every
 * question. The last event is `end` or `failed`.
 */
export interface ReplyRelay {
  accept(event: ReplyEvent): void;
  /** @param here asks who listens on this side */
  ask<Type extends QuestionType>(
    question: Question<Type>,
    here: () => Promise<Answered<Type>>,
  ): Promise<Answered<Type>>;
  /** The body waits there, the network with it, and nothing has begun to read. */
  readonly isBodyUnread: boolean;
  /** Which side that is: of several clients of a manager each has its turn. Null: the manager's own application. */
  readonly client: object | null;
}

/** A reply that another side has. */
export interface RelayedReply {
  readonly reply: NetworkReply;
  readonly control: BodyControl;
}
