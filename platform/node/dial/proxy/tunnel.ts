import type {
  AuthenticationAnswer,
  AuthenticationRounds,
  OutgoingRequest,
} from '../../../../src/call/authentication.ts';
import type { ProxyServer } from '../../../../src/call/route.ts';
import { NetworkError } from '../../../../src/error.ts';
import { writeRequestHead } from '../../../../src/http1/head-writer.ts';
import { proxyFields } from '../../../../src/proxy/proxy-fields.ts';
import { proxyOrigin } from '../../../../src/proxy/proxy-server.ts';
import { openFields } from '../../../../src/util/redaction.ts';
import type { Endpoint } from '../endpoint.ts';
import { AGAIN, type Dialing, type Reached, type Step, type Wire } from '../step.ts';
import { ConnectAnswer } from './connect-answer.ts';
import { judgeEarlyBytes, wantsCredentials } from './proxy-failure.ts';
import { isClosedEarly } from './read-wire.ts';

/**
 * Asks an HTTP proxy for a connection to the origin (RFC 9110 §9.3.6), and answers its challenges: over the same connection
 * where the proxy keeps it, otherwise over a new one.
 */
export function tunnelStep(proxy: ProxyServer): Step {
  let visit: TunnelVisit | null = null;
  return {
    name: 'tunnel',
    async take(reached, dialing): Promise<Reached | typeof AGAIN> {
      visit ??= await TunnelVisit.begin(proxy, dialing);
      const early = await visit.open(reached.wire!);
      if (early === null) return AGAIN;
      judgeEarlyBytes(early, reached.wire!, proxy, dialing);
      dialing.call.timings.proxyConnectEnd = dialing.call.time();
      return reached;
    },
  };
}

/** What one dial says to a proxy until it opens the way, over one connection or several. */
class TunnelVisit {
  readonly #proxy: ProxyServer;
  readonly #dialing: Dialing;
  /** null: what its URL says is sent, and nothing else. */
  readonly #rounds: AuthenticationRounds | null;
  readonly #outgoing: OutgoingRequest;
  #answer: AuthenticationAnswer | null = null;

  private constructor(proxy: ProxyServer, dialing: Dialing) {
    this.#proxy = proxy;
    this.#dialing = dialing;
    this.#rounds = dialing.call.proxyRounds?.(proxy, dialing.call) ?? null;
    this.#outgoing = {
      method: 'CONNECT',
      target: authorityOf(dialing.endpoint),
      body: null,
      hostname: proxy.host,
    };
  }

  static async begin(proxy: ProxyServer, dialing: Dialing): Promise<TunnelVisit> {
    const visit = new TunnelVisit(proxy, dialing);
    visit.#answer = (await visit.#rounds?.before(visit.#outgoing)) ?? null;
    return visit;
  }

  /**
   * What has arrived behind the answer when the way is open; null when the next word needs a new connection.
   * @throws NetworkError when the proxy refuses
   */
  async open(wire: Wire): Promise<Uint8Array | null> {
    for (let isKept = false; ; isKept = true) {
      const answer = new ConnectAnswer();
      const early = await this.#ask(wire, answer).catch((error) => {
        // It was closed while an answer was thought about.
        if (isKept && answer.head === null && this.#answer?.isContinued !== true && isClosedEarly(error))
          return null;
        throw error;
      });
      if (answer.head === null) return null;
      if (early !== null) {
        const { headers, status } = answer.head;
        const values = (name: string): string[] => headers.getAll(name);
        await this.#rounds?.accept(values('proxy-authentication-info'), values('proxy-authenticate'), status);
        return early;
      }
      this.#answer = await this.#next(answer);
      if (answer.isReusable && !wire.destroyed) continue;
      if (this.#answer.isContinued !== true) return null;
      // The proxy knows the handshake by its connection, and has closed that.
      throw refusal(answer, this.#proxy, this.#dialing);
    }
  }

  #ask(wire: Wire, answer: ConnectAnswer): Promise<Uint8Array | null> {
    wire.write(this.#head(), 'latin1');
    return answer.read(wire, this.#dialing);
  }

  /** @throws NetworkError where there is nothing more to say */
  async #next(refused: ConnectAnswer): Promise<AuthenticationAnswer> {
    const { status, headers } = refused.head!;
    const rounds = this.#rounds;
    const values = headers.getAll('proxy-authenticate');
    const outgoing = this.#outgoing;
    const next =
      status === 407 && rounds?.concerns(values, outgoing) === true
        ? await this.#dialing.standStill(() => rounds.after(values, outgoing))
        : null;
    if (next === null) throw refusal(refused, this.#proxy, this.#dialing);
    return next;
  }

  /** Nothing of the request but Host, User-Agent and what is for the proxy. */
  #head(): string {
    const { userAgent } = this.#dialing.endpoint;
    const { target } = this.#outgoing;
    const agent = userAgent === '' ? [] : ['user-agent', userAgent];
    const answer = this.#rounds === null ? undefined : this.#answer?.value || null;
    const fields = ['host', target, ...agent, ...proxyFields(this.#proxy, answer)];
    return writeRequestHead('CONNECT', target, fields, { kind: 'none' });
  }
}

function authorityOf({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What the proxy has said is on the error, and never passes for an answer of the origin. */
function refusal({ head, body }: ConnectAnswer, proxy: ProxyServer, dialing: Dialing): NetworkError {
  const { status, reason, headers } = head!;
  const { url } = dialing;
  const isChallenge = status === 407;
  const { code, message } = isChallenge
    ? wantsCredentials(proxy, dialing)
    : {
        code: 'unknown-proxy' as const,
        message: `the proxy ${proxyOrigin(proxy)} opens no way to the origin: ${status} ${reason}`.trimEnd(),
      };
  return new NetworkError(code, message, {
    url,
    status,
    headers: openFields(headers, []),
    body: Uint8Array.from(Buffer.concat(body)),
  });
}
