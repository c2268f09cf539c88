import type { ReplyBody } from './reply-body.ts';
import { NULL_BODY, type ReplyFace, type ResponseMaker } from './response-maker.ts';

/**
 * A real WHATWG Response over a reply. Its stream pulls: the body is claimed with the first read, and what nobody reads
 * stays in the reply.
 */
export const makeResponse: ResponseMaker = (reply, head, body) => {
  const response = new Response(NULL_BODY.has(head.status) ? null : bodyStream(reply, body), {
    // A scheme without a status (data:) answers 200 in fetch.
    status: head.status === 0 ? 200 : head.status,
    statusText: head.reason,
    headers: head.headers.toHeaders(),
  });
  const [url] = reply.url.split('#', 1);
  return located(response, url!, reply.hops.length > 0 || head.redirectedByPlatform);
};

/** Sets what no constructor can; all three are members of the prototype. */
function located(response: Response, url: string, redirected: boolean): Response {
  const clone = (): Response => located(Response.prototype.clone.call(response), url, redirected);
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    redirected: { value: redirected, configurable: true },
    clone: { value: clone, configurable: true },
  });
}

function bodyStream(reply: ReplyFace, body: ReplyBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  let claimed = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        if (!claimed) body.claim('stream');
        claimed = true;
        const chunk = await body.next();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
      },
      cancel: (reason) => reply.abort(reason),
    },
    { highWaterMark: 0 },
  );
}
