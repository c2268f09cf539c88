import type { RequestOptions } from '../options.ts';
import type { QueueLimits } from '../queue/request-queue.ts';

export function queueLimits({ connectionsPerHost, maximumConnections }: RequestOptions): QueueLimits {
  return { perKey: connectionsPerHost, total: maximumConnections };
}
