import type { AuthenticationRounds } from '../../../../src/call/authentication.ts';
import type { ProxyServer } from '../../../../src/call/route.ts';
import type { Dialing } from '../step.ts';

/** A name and a password, as SOCKS5 sends them (RFC 1929). */
export interface SocksCredentials {
  readonly user: string;
  readonly password: string;
}

/** No proxy of SOCKS says more than that it wants them. */
const CHALLENGE = ['socks5'];
const OUTGOING = { method: 'CONNECT', target: '', body: null };

/**
 * As whom one dial speaks to a SOCKS5 proxy: as its URL says, as the application has said before, or as it says now. A proxy
 * that takes everybody is not told that there are passwords, for it might prefer one; the others cost a connection more, once.
 */
export class SocksAccount {
  /** Who is said to ask; null for nobody. */
  credentials: SocksCredentials | null;
  /** A password is among the methods that are offered. */
  isOffered: boolean;
  readonly #dialing: Dialing;
  readonly #rounds: AuthenticationRounds | null;

  private constructor(proxy: ProxyServer, dialing: Dialing) {
    const { user, password } = proxy;
    this.#dialing = dialing;
    this.#rounds = dialing.call.proxyRounds?.(proxy, dialing.call) ?? null;
    this.credentials = user === '' && password === '' ? null : { user, password };
    this.isOffered = this.credentials !== null;
  }

  static async begin(proxy: ProxyServer, dialing: Dialing): Promise<SocksAccount> {
    const account = new SocksAccount(proxy, dialing);
    if (account.credentials !== null) {
      // Those of the URL are known to whoever answers, so that what is refused is not taken for something else.
      await account.#rounds?.after(CHALLENGE, OUTGOING);
      return account;
    }
    account.#take((await account.#rounds?.before(OUTGOING))?.value);
    return account;
  }

  /** Nobody but this one can say who asks: somebody may be asked. */
  get canAsk(): boolean {
    return this.#rounds?.concerns(CHALLENGE, OUTGOING) === true;
  }

  /** Asks for credentials, or for others; false when there are none. The time for the dial stands still. */
  async ask(): Promise<boolean> {
    const rounds = this.#rounds;
    if (rounds === null) return false;
    const answer = await this.#dialing.standStill(() => rounds.after(CHALLENGE, OUTGOING));
    this.#take(answer?.value);
    return answer !== null;
  }

  /** The proxy has taken them. */
  async accepted(): Promise<void> {
    await this.#rounds?.accept([], [], 200);
  }

  #take(value = ''): void {
    const nul = value.indexOf('\0');
    if (nul < 0) return;
    this.credentials = { user: value.slice(0, nul), password: value.slice(nul + 1) };
    this.isOffered = true;
  }
}
