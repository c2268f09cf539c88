import type { Hop, ResponseHead } from '../pipeline/reply-event.ts';
import type { ReplyBody } from './reply-body.ts';

/** What a Response needs of the reply behind it. */
export interface ReplyFace {
  readonly url: string;
  readonly hops: readonly Hop[];
  abort(cause?: unknown): void;
}

/** Makes the WHATWG Response of a reply whose head has arrived. */
export type ResponseMaker = (reply: ReplyFace, head: ResponseHead, body: ReplyBody) => Response;

/** Statuses whose Response must not have a body (WHATWG Fetch, null body status). */
export const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);
