import type { Bytes } from '../util/bytes.ts';
import type { ReplyBody } from './reply-body.ts';

/** The next chunk of a body as it arrived, null at the end. One call at a time. */
export function nextChunk(body: ReplyBody): Promise<Bytes | null> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      // Before the network goes on, which may bring the next chunk at once.
      body.wake = null;
      try {
        const chunk = body.poll();
        if (chunk === undefined) body.wake = look;
        else resolve(chunk);
      } catch (error) {
        reject(error);
      }
    };
    look();
  });
}

/** All chunks of a body, to its end. */
export async function* chunksOfReply(body: ReplyBody): AsyncGenerator<Bytes, void, undefined> {
  for (let chunk = await nextChunk(body); chunk !== null; chunk = await nextChunk(body)) yield chunk;
}
