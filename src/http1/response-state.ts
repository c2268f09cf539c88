import type { ResponseFraming } from './response-framing.ts';

/** What a response parser takes next. {@link ResponseParser} has the diagram. */
export type State =
  | 'idle'
  | 'status-line'
  | 'fields'
  | 'content'
  | 'chunk-size'
  | 'chunk-content'
  | 'chunk-end'
  | 'trailers'
  | 'until-close'
  | 'complete'
  | 'tunnel'
  | 'over';

/** States in which a connection that ends cuts a body short. */
export const BODY_STATES: ReadonlySet<State> = new Set([
  'content',
  'chunk-size',
  'chunk-content',
  'chunk-end',
  'trailers',
]);

export const STATE_AFTER_HEAD: Readonly<Record<ResponseFraming['kind'], State>> = {
  none: 'complete',
  length: 'content',
  chunked: 'chunk-size',
  close: 'until-close',
  tunnel: 'tunnel',
};
