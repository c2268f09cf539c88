import { ERROR_BODY_LIMIT } from '../../../../src/error.ts';
import type { ParsedHead, ResponseHandler } from '../../../../src/http1/response-handler.ts';
import { ResponseParser } from '../../../../src/http1/response-parser.ts';
import type { HttpHeaders } from '../../../../src/message/headers.ts';
import type { Dialing, Wire } from '../step.ts';
import { closedEarly, readWire } from './read-wire.ts';

/** What a proxy may make us hold of its answer to CONNECT. */
const LIMITS = { headSize: 64 * 1024, fields: 200, informationalResponses: 8 };

/** Milliseconds for the body of a refusal, which says why. */
const BODY_PATIENCE = 1000;

/** The answer to a CONNECT. */
export class ConnectAnswer implements ResponseHandler {
  head: ParsedHead | null = null;
  readonly body: Uint8Array[] = [];
  #size = 0;
  #isOver = false;
  #isReusable = false;
  readonly #parser = new ResponseParser(this, { limits: LIMITS });

  /**
   * Reads it. Gives what has arrived behind it when the way is open; null when the proxy has refused.
   * @throws NetworkError for what is no answer
   */
  async read(wire: Wire, { signal, call }: Dialing): Promise<Uint8Array | null> {
    this.#parser.expect('CONNECT');
    while (!this.#isRefused) {
      const bytes = await readWire(wire, signal);
      if (bytes === null) throw closedEarly();
      const taken = this.#take(bytes);
      if (this.#parser.tunnel) return bytes.subarray(taken);
    }
    await this.#readBody(wire, signal, (giveUp) => call.clock.setTimeout(giveUp, BODY_PATIENCE), call.clock);
    return null;
  }

  /** The proxy has said all, and takes another request over the same connection. */
  get isReusable(): boolean {
    const kept = this.head?.headers.get('proxy-connection')?.toLowerCase() !== 'close';
    return this.#isReusable && kept;
  }

  get #isRefused(): boolean {
    return this.head !== null && this.head.status >= 300;
  }

  /** Bytes behind the message belong to nothing: the connection is of no use any more. */
  #take(bytes: Uint8Array): number {
    const taken = this.#parser.execute(bytes);
    if (taken < bytes.length) this.#isReusable = false;
    return taken;
  }

  /** As much of the body as comes in time. Nothing of it is needed: whatever it fails with says less than the status. */
  async #readBody(
    wire: Wire,
    signal: AbortSignal,
    after: (giveUp: () => void) => unknown,
    clock: { clearTimeout(timer: unknown): void },
  ): Promise<void> {
    const patience = new AbortController();
    const giveUp = (): void => patience.abort(new Error('enough'));
    signal.addEventListener('abort', giveUp);
    const timer = after(giveUp);
    try {
      while (!this.#isOver && this.#size < ERROR_BODY_LIMIT) {
        const bytes = await readWire(wire, patience.signal);
        if (bytes === null) break;
        this.#take(bytes);
      }
    } catch {
    } finally {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  onInformational(): void {}

  onHead(head: ParsedHead): void {
    this.head = head;
  }

  onData(bytes: Uint8Array): void {
    const room = ERROR_BODY_LIMIT - this.#size;
    if (room <= 0) return;
    this.body.push(bytes.slice(0, room));
    this.#size += Math.min(room, bytes.length);
  }

  onEnd(_: HttpHeaders | null, reusable: boolean): void {
    this.#isOver = true;
    this.#isReusable = reusable;
  }
}
