import type { ProxyServer } from '../../../../src/call/route.ts';
import { ERROR_BODY_LIMIT, NetworkError } from '../../../../src/error.ts';
import { writeRequestHead } from '../../../../src/http1/head-writer.ts';
import type { ResponseHandler, ResponseHead } from '../../../../src/http1/response-handler.ts';
import { ResponseParser } from '../../../../src/http1/response-parser.ts';
import { proxyFields } from '../../../../src/proxy/proxy-authorization.ts';
import { publicKey } from '../../../../src/proxy/proxy-server.ts';
import { openFields } from '../../../../src/util/redaction.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Dialing, Reached, Step, Wire } from '../step.ts';
import { judgeEarlyBytes } from './early-bytes.ts';
import { wantsCredentials } from './proxy-failure.ts';
import { closedEarly, readWire } from './read-wire.ts';

/** What a proxy may make us hold of its answer to CONNECT. */
const LIMITS = { headSize: 64 * 1024, fields: 200, informationalResponses: 8 };

/** Milliseconds for the body of a refusal, which says why. */
const BODY_PATIENCE = 1000;

/** Asks an HTTP proxy for a connection to the origin (RFC 9110 §9.3.6). */
export function tunnelStep(proxy: ProxyServer): Step {
  return {
    name: 'tunnel',
    async take(reached, dialing): Promise<Reached> {
      const wire = reached.wire!;
      wire.write(connectHead(dialing.endpoint, proxy), 'latin1');
      const answer = new Answer();
      const early = await answer.read(wire, dialing);
      if (early === null) throw refusal(answer, proxy, dialing);
      judgeEarlyBytes(early, wire, proxy, dialing);
      dialing.call.timings.proxyConnectEnd = dialing.call.time();
      return reached;
    },
  };
}

/** Nothing of the request but Host, User-Agent and what is for the proxy. */
function connectHead({ host, port, userAgent }: Endpoint, proxy: ProxyServer): string {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const agent = userAgent === '' ? [] : ['user-agent', userAgent];
  return writeRequestHead('CONNECT', authority, ['host', authority, ...agent, ...proxyFields(proxy)], {
    kind: 'none',
  });
}

/** The answer to a CONNECT. */
class Answer implements ResponseHandler {
  head: ResponseHead | null = null;
  readonly body: Uint8Array[] = [];
  #size = 0;
  #isOver = false;
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
      const taken = this.#parser.execute(bytes);
      if (this.#parser.tunnel) return bytes.subarray(taken);
    }
    await this.#readBody(wire, signal, (giveUp) => call.clock.setTimeout(giveUp, BODY_PATIENCE), call.clock);
    return null;
  }

  get #isRefused(): boolean {
    return this.head !== null;
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
        this.#parser.execute(bytes);
      }
    } catch {
    } finally {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  onInformational(): void {}

  onHead(head: ResponseHead): void {
    if (head.status >= 300) this.head = head;
  }

  onData(bytes: Uint8Array): void {
    const room = ERROR_BODY_LIMIT - this.#size;
    if (room <= 0) return;
    this.body.push(bytes.slice(0, room));
    this.#size += Math.min(room, bytes.length);
  }

  onEnd(): void {
    this.#isOver = true;
  }
}

/** What the proxy has said is on the error, and never passes for an answer of the origin. */
function refusal({ head, body }: Answer, proxy: ProxyServer, dialing: Dialing): NetworkError {
  const { status, reason, headers } = head!;
  const { url } = dialing;
  const isChallenge = status === 407;
  const { code, message } = isChallenge
    ? wantsCredentials(proxy, dialing)
    : {
        code: 'unknown-proxy' as const,
        message: `the proxy ${publicKey(proxy)} opens no way to the origin: ${status} ${reason}`.trimEnd(),
      };
  return new NetworkError(code, message, {
    url,
    status,
    headers: openFields(headers, []),
    body: Uint8Array.from(Buffer.concat(body)),
  });
}
