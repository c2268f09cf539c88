import { nextChunk } from './chunks-of-reply.ts';
import type { ReplyBody } from './reply-body.ts';
import {
  type AnsweringReply,
  bodyFailure,
  constructibleStatus,
  NULL_BODY,
  type ResponseMaker,
  shownStatus,
} from './response-maker.ts';

/**
 * A real WHATWG Response over a reply. Its stream pulls: the body is claimed with the first read, and what nobody reads
 * stays in the reply.
 */
export const makeResponse: ResponseMaker = (reply, head, body) => {
  const response = new Response(NULL_BODY.has(head.status) ? null : bodyStream(reply, body), {
    status: constructibleStatus(head.status),
    statusText: head.reason,
    headers: head.headers.toHeaders(),
  });
  const status = shownStatus(head.status);
  return completed(response, {
    url: reply.url.split('#', 1)[0]!,
    redirected: reply.hops.length > 0 || head.redirectedByPlatform,
    status,
    ok: status <= 299,
  });
};

/** Sets what no constructor can; all of it are members of the prototype. */
function completed(
  response: Response,
  members: Pick<Response, 'url' | 'redirected' | 'status' | 'ok'>,
): Response {
  const clone = (): Response => completed(Response.prototype.clone.call(response), members);
  for (const [name, value] of Object.entries({ ...members, clone })) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}

function bodyStream(reply: AnsweringReply, body: ReplyBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  let claimed = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        if (!claimed) body.claim('response.body');
        claimed = true;
        const chunk = await nextChunk(body).catch((error: unknown) => {
          throw bodyFailure(reply, error);
        });
        if (chunk === null) controller.close();
        else controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
      },
      cancel: (reason) => reply.abort(reason),
    },
    { highWaterMark: 0 },
  );
}
