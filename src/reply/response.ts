import type { ResponseHead } from '../call/reply-event.ts';
import { HttpHeaders } from '../message/headers.ts';
import { bodyStream } from './body-stream.ts';
import { asFetchResponse } from './fetch-response.ts';
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
  const source = hasBody ? bodyStream(reply, body, isHeld) : null;
  const response = new Response(source?.stream ?? null, {
    status: constructibleStatus(head.status),
    statusText: head.reason,
    headers: HttpHeaders.adopt(head.headers).toHeaders(),
  });
  return asFetchResponse(response, {
    type: 'basic',
    url: reply.url.split('#', 1)[0]!,
    redirected: reply.hops.length > 0 || head.redirectedByPlatform,
    status: shownStatus(head.status),
    failure: () => source?.failure() ?? null,
  });
}
