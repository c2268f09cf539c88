import { type QueueLimits, RequestQueue } from './request-queue.ts';

/** One that runs without a ticket. */
export interface Running {
  leave?: () => void;
}

export type TakeOver = (
  running: Iterable<readonly [key: string, those: Iterable<Running>]>,
  limits: () => QueueLimits,
) => RequestQueue;

/**
 * A queue in which some are running already. From now on it is to this one that they give their slots back. Those who have
 * waited for it come in within the same turn: only then is anybody else let go, by priority.
 */
export const takeOver: TakeOver = (running, limits) => {
  const queue = new RequestQueue({ perKey: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY });
  for (const [key, those] of running) {
    for (const one of those) {
      const ticket = queue.enter(key, 'normal');
      one.leave = () => queue.leave(ticket);
    }
  }
  queue.configure({ perKey: 0, total: 0 });
  queueMicrotask(() => queue.configure(limits()));
  return queue;
};
