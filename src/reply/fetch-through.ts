import { NetworkError } from '../error.ts';
import type { BodyInput } from '../message/request-body.ts';
import type { NetworkRequest } from '../options/options.ts';
import { takeBody } from './body-of-request.ts';
import { type FetchSurroundings, prepareFetch } from './prepare-fetch.ts';
import type { NetworkReply } from './reply.ts';

/** Starts a request: the manager's own way, signals included. */
export type StartRequest = (
  method: string,
  request: NetworkRequest,
  body: BodyInput | null | undefined,
) => NetworkReply;

/** The manager, as its fetch sees it. */
export interface FetchDoor extends FetchSurroundings {
  readonly start: StartRequest;
}

/**
 * A fetch with WHATWG semantics over the pipeline: rejects with a TypeError for a network error (its `cause` is the
 * NetworkError), with the signal's reason when aborted, and resolves for every status. Its arguments are judged, and the
 * body of a Request is taken, before it returns.
 *
 * `redirect: 'manual'` gives the real 3xx on Node and the opaque redirect of the browser in a page; `'error'` works in both.
 * `integrity` is refused where no browser checks it. In a page, a Request goes to the browser as it is, and its Response comes
 * back as it is where no stage changes it: its reply then finishes with the head.
 *
 * Source: https://fetch.spec.whatwg.org/#fetch-method
 */
export async function fetchThrough(door: FetchDoor, args: readonly unknown[]): Promise<Response> {
  const { method, request, body, bodyOwner, signal } = prepareFetch(args, door);
  const taken = bodyOwner === null ? null : takeBody(bodyOwner);
  if (signal?.aborted) {
    taken?.discard();
    throw reasonOf(signal);
  }
  let reply: NetworkReply;
  try {
    reply = door.start(method, request, taken === null ? body : await taken.whenKnown);
  } catch (error) {
    taken?.discard();
    throw error;
  }
  try {
    return await reply.toResponse();
  } catch (error) {
    // What cannot become a Response is read by nothing else.
    reply.abort(error);
    if (signal?.aborted) throw reasonOf(signal);
    if (!(error instanceof NetworkError)) throw error;
    throw new TypeError(`fetch failed: ${error.message}`, { cause: error });
  }
}

/** A library's own signals may have no reason. */
function reasonOf({ reason }: AbortSignal): unknown {
  return reason ?? new DOMException('The operation was aborted.', 'AbortError');
}
