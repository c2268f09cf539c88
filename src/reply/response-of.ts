import { NetworkError } from '../error.ts';
import { showCaller } from './caller-stack.ts';
import type { ReplyCore } from './reply-core.ts';
import { makeResponse } from './response.ts';
import type { AnsweringReply } from './response-maker.ts';

/**
 * A new Response of a reply as soon as its head is there. Rejects when the request fails before.
 * @param isHeld the reply holds on to it
 */
export async function responseOf(reply: AnsweringReply, core: ReplyCore, isHeld: boolean): Promise<Response> {
  let own: Response | null = null;
  if (!isHeld) {
    const take = (response: Response): void => {
      own = response;
    };
    core.responseTaker = { take, watchesBytes: watchesBytes(core) };
  }
  await whenHead(core);
  if (own !== null) return own;
  if (core.final === null) {
    showCaller(core.error, responseOf);
    throw core.error;
  }
  try {
    return makeResponse(reply, core.final, core.body, isHeld);
  } catch (cause) {
    // The platform takes no such head: what stands behind it would wait for a reader that never comes.
    const { url } = core.final;
    const error = new NetworkError('protocol-failure', `no Response can be made of the answer of ${url}`, {
      url,
      cause,
    });
    reply.abort(error);
    throw error;
  }
}

/** Something counts on the bytes: then the platform's own Response, whose bytes the reply does not see, will not do. */
function watchesBytes({ reply }: ReplyCore): boolean {
  return (
    reply.request.options.maximumBodySize !== null ||
    reply.listenerCount('readyRead') > 0 ||
    reply.listenerCount('downloadProgress') > 0
  );
}

/** Resolves when the final head is there or never will be. */
function whenHead(core: ReplyCore): Promise<void> {
  return new Promise((resolve) => {
    const earlier = core.atHead;
    const atHead = (): void => {
      earlier?.();
      resolve();
    };
    core.atHead = atHead;
    if (core.final !== null || core.finished) resolve();
  });
}
