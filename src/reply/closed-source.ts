import { NetworkError } from '../error.ts';
import { pipelineSource } from './pipeline-source.ts';

export function managerClosed(url?: string): NetworkError {
  return new NetworkError('operation-canceled', 'the manager was closed', { url });
}

/** What answers requests that are made after their manager was closed. */
export const closedSource = pipelineSource(({ url }) => {
  throw managerClosed(url.href);
});
