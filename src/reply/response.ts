import { HttpHeaders } from '../message/headers.ts';
import type { ResponseHead } from '../pipeline/reply-event.ts';
import { bodyStream } from './body-stream.ts';
import type { ReplyBody } from './reply-body.ts';
import { type AnsweringReply, constructibleStatus, NULL_BODY, shownStatus } from './response-maker.ts';

/**
 * A WHATWG Response over a reply whose head has arrived: one of the platform's own, which shows what it is to whatever
 * looks inside, and not only at its public members.
 *
 * @param isHeld the reply holds on to it; otherwise a response that is collected unread gives the reply up
 */
export function makeResponse(
  reply: AnsweringReply,
  head: ResponseHead,
  body: ReplyBody,
  isHeld: boolean,
): Response {
  const hasBody = !NULL_BODY.has(head.status) && reply.request.method !== 'HEAD';
  const response = new Response(hasBody ? bodyStream(reply, body, isHeld) : null, {
    status: constructibleStatus(head.status),
    statusText: head.reason,
    headers: HttpHeaders.adopt(head.headers).toHeaders(),
  });
  const status = shownStatus(head.status);
  return completed(response, {
    type: 'basic',
    url: reply.url.split('#', 1)[0]!,
    redirected: reply.hops.length > 0 || head.redirectedByPlatform,
    status,
    ok: status <= 299,
  });
}

/** Sets what no constructor can; all of it are members of the prototype. What a server has said cannot be changed. */
function completed(
  response: Response,
  members: Pick<Response, 'type' | 'url' | 'redirected' | 'status' | 'ok'>,
): Response {
  for (const name of CHANGES) Object.defineProperty(response.headers, name, { value: refuseChange });
  const clone = (): Response => completed(Response.prototype.clone.call(response), members);
  for (const [name, value] of Object.entries({ ...members, clone })) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}

const CHANGES = ['append', 'delete', 'set'] as const;

/** Fetch: the guard of the fields of a response that a fetch gives is "immutable". */
function refuseChange(): never {
  throw new TypeError('the headers of this Response are immutable; make a new Response to change them');
}
