import type { NetworkReply } from 'fairlead';
import { ProgressBars } from './progress-bars.ts';
import type { Row } from './table.ts';

/** Follows replies to their end: live bars while they run, a row for each afterwards. */
export class Session {
  readonly rows: Row[] = [];
  readonly #bars = new ProgressBars(process.stderr);
  readonly #running: Promise<void>[] = [];

  /**
   * @param consume what to do with the chunks; without it they are counted and dropped
   * @param expected the request fails on purpose
   */
  follow(
    label: string,
    reply: NetworkReply,
    {
      consume,
      expected = false,
    }: { consume?: (chunk: Uint8Array) => Promise<void>; expected?: boolean } = {},
  ): NetworkReply {
    const bar = this.#bars.add(label);
    reply.on('downloadProgress', bar.update);
    reply.on('uploadProgress', bar.update);
    reply.once('finished', bar.remove);
    this.#running.push(this.#read(label, reply, consume, expected));
    return reply;
  }

  async finished(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #read(
    label: string,
    reply: NetworkReply,
    consume: ((chunk: Uint8Array) => Promise<void>) | undefined,
    expected: boolean,
  ): Promise<void> {
    let bytes = 0;
    let failure: unknown = null;
    try {
      for await (const chunk of reply) {
        bytes += chunk.length;
        await consume?.(chunk);
      }
    } catch (error) {
      failure = error;
    }
    this.rows.push({ label, reply, bytes, expected, failure: failure ?? reply.error });
  }
}
