import type { StageSource } from '../pipeline/stage.ts';
import type { QueueLimits } from './request-queue.ts';

/** The queue as a manager knows it. */
export interface ManagerQueue extends StageSource {
  /** Changes the limits for what waits and what comes. Nothing that runs is stopped. */
  configure(limits: QueueLimits): void;
}
