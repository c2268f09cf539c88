import type {
  AuthenticatingServer,
  AuthenticationAnswer,
  AuthenticationRounds,
  Credentials,
  OutgoingRequest,
} from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import { NetworkError } from '../error.ts';
import { isPromise } from '../util/is-promise.ts';
import { askCredentials } from './ask-credentials.ts';
import { parseChallenges } from './challenge.ts';
import { type Allowed, allowedBy, beginSession, type Choice, choose, isAllowed } from './choose.ts';
import { type KnownSpace, serverKey } from './credential-cache.ts';
import { leaseIdentity, mayKnow } from './credentials.ts';
import { GivenCredentials } from './given-credentials.ts';
import { judgeProof } from './proof.ts';
import { type Scheme, type Session, SYSTEM_ACCOUNT, UnusableScheme } from './scheme.ts';
import { type PastRounds, pastRounds, tellReadable, type UnderManager } from './shared-by-rounds.ts';

/** An answer that is under way. */
interface Sent {
  readonly realm: string;
  readonly scheme: Scheme;
  readonly credentials: Credentials;
  readonly session: Session;
  readonly answer: AuthenticationAnswer;
}

/** Beyond what an application allows: further legs, nonces that were too old. A server that goes on is not answered. */
const MORE_ROUNDS = 12;

/** What is made of a challenge; null for nothing that could answer it. */
type Answering = Promise<AuthenticationAnswer | null> | AuthenticationAnswer | null;

const NOTHING = (): void => {};

const UNBOUND =
  'Negotiate: the token was refused. It was not bound to the TLS connection, which servers with Extended Protection demand (the package kerberos passes no channel binding)';

/** The rounds of one request with one server: the life of {@link AuthenticationRounds}. */
export class Rounds implements AuthenticationRounds {
  readonly #under: UnderManager;
  readonly #server: AuthenticatingServer;
  readonly #request: HttpRequest;
  readonly #call: Call;
  readonly #key: string;
  readonly #given: GivenCredentials;
  #sent: Sent | null = null;
  #rounds = 0;
  /** Null before the first challenge. */
  #past: PastRounds | null = null;
  /** Tells those who wait for the answer that this request has asked for that it is remembered. */
  #answered: () => void = NOTHING;

  constructor(under: UnderManager, server: AuthenticatingServer, request: HttpRequest, call: Call) {
    this.#under = under;
    this.#server = server;
    this.#request = request;
    this.#call = call;
    const partition = server.isProxy ? null : request.options.siteForCookies;
    this.#key = serverKey(server, partition, under.source);
    this.#given = new GivenCredentials(under.all.cache, this.#key, server, request);
  }

  get #overall(): PastRounds {
    this.#past ??= pastRounds(this.#request, this.#server.isProxy);
    return this.#past;
  }

  get asksFirst(): boolean {
    const { all, settings } = this.#under;
    const isLikely = this.#given.isKnown || mayKnow(settings.credentials, this.#server.origin);
    return all.canExpect && isLikely;
  }

  before(outgoing: OutgoingRequest): Answering {
    const { space } = this.#given;
    if (space === null) return this.#ofProxyUrl(outgoing);
    if (!isAllowed(space.scheme, this.#allowed)) return null;
    if (this.#given.isOther(space)) return this.#ofProxyUrl(outgoing);
    return space.scheme.isConnectionBound
      ? this.#overConnection(space, outgoing)
      : this.#answerWith(space, outgoing);
  }

  concerns(values: readonly string[], outgoing: OutgoingRequest): boolean {
    return this.#sent !== null || this.#choices(values, outgoing).length > 0;
  }

  async after(values: readonly string[], outgoing: OutgoingRequest): Promise<AuthenticationAnswer | null> {
    const choices = this.#choices(values, outgoing);
    const { maximumAuthenticationAttempts } = this.#under.settings;
    this.#rounds++;
    const isOver = this.#rounds > maximumAuthenticationAttempts + MORE_ROUNDS;
    try {
      const further = isOver ? null : await this.#further(choices, outgoing);
      if (further !== null) return further;
      this.#forgetRefused(choices);
      return isOver ? null : await this.#anew(choices, outgoing);
    } catch (error) {
      throw error instanceof UnusableScheme ? error.toError(this.#server, this.#request.url.href) : error;
    }
  }

  accept(values: readonly string[], challenges: readonly string[], status: number): void | Promise<void> {
    const sent = this.#sent;
    if (sent === null) return;
    const wrong = judgeProof(sent.scheme, sent.answer, this.#server, { values, challenges, status });
    return isPromise(wrong) ? wrong.then((words) => this.#judged(sent, words)) : this.#judged(sent, wrong);
  }

  /** @param words what is wrong with the proof of the server, null for nothing */
  #judged(sent: Sent, words: string | null): void {
    if (words === null) {
      this.#given.confirm();
      return;
    }
    this.#given.forget(sent.realm, sent.session);
    const { url } = this.#request;
    throw new NetworkError('protocol-failure', `the server ${words}`, { url: url.href });
  }

  /**
   * A connection may have been authenticated before: over one of the same user nothing need be said. What can be sent only
   * once begins a handshake on one of its own, whose server gives no realm in the challenge.
   */
  #overConnection(
    { scheme, realm, strength, credentials }: KnownSpace,
    outgoing: OutgoingRequest,
  ): Answering {
    const challenge = { scheme: scheme.name, token68: null, params: new Map<string, string>() };
    // A token of Negotiate is bound to a connection that is not there yet: a server is asked before the body is sent.
    return outgoing.body?.replayable === false && scheme.isIntegrated !== true
      ? this.#begin([{ scheme, challenge, realm, strength }], credentials, outgoing)
      : { value: '', lease: leaseIdentity(this.#key, credentials, null) };
  }

  /**
   * Whoever writes a password into the URL of a proxy wants it sent, and a proxy that asks for it first may cost a connection:
   * it goes as Basic, where that is allowed, before anything is asked.
   */
  #ofProxyUrl(outgoing: OutgoingRequest): Answering {
    const { ofUrl } = this.#given;
    if (ofUrl === null || !this.#server.isProxy) return null;
    const [basic] = this.#choices(['Basic charset="UTF-8"'], outgoing);
    if (basic === undefined) return null;
    return this.#begin([basic], ofUrl, outgoing);
  }

  /** The same credentials once more: the nonce was too old, or the handshake has further legs. */
  #further(choices: readonly Choice[], outgoing: OutgoingRequest): Answering {
    const sent = this.#sent;
    if (sent === null) return null;
    const { scheme, realm, credentials, session } = sent;
    const same = choices.find((choice) => choice.scheme === scheme && choice.realm === realm);
    if (same === undefined || same.strength < this.#overall.strength) return null;
    const next = session.goesOn(same.challenge);
    return next === null ? null : this.#keep(same, credentials, next, outgoing);
  }

  #forgetRefused(choices: readonly Choice[]): void {
    if (this.#sent === null) return;
    this.#given.refuse(this.#sent, choices, this.#rounds === 1);
    if (this.#sent.session.isUnbound === true) this.#tell(new UnusableScheme(UNBOUND));
    this.#sent = null;
  }

  /** Why the strongest scheme is not the one that is used. */
  #tell(error: UnusableScheme): void {
    if (error.isExpected) return;
    const fault = error.toError(this.#server, this.#request.url.href);
    this.#call.emit({ type: 'fault', error: fault.toJSON() });
  }

  /** Asks for credentials where none are at hand. What this machine has no means for leaves the other schemes. */
  async #anew(choices: readonly Choice[], outgoing: OutgoingRequest): Promise<AuthenticationAnswer | null> {
    const asked = this.#overall.asked;
    let left = choices;
    for (;;) {
      const [best] = left;
      // A server, or one in its place, that has seen an answer and asks for less gets none (a downgrade in mid-handshake).
      if (best === undefined || best.strength < this.#overall.strength) return null;
      try {
        const given = this.#given.atHand(left) ?? (await this.#ask(best));
        return given === null ? null : await this.#begin(left, given, outgoing);
      } catch (error) {
        if (!(error instanceof UnusableScheme)) throw error;
        left = left.filter(({ scheme }) => scheme !== best.scheme);
        if (left.length === 0) throw error;
        this.#tell(error);
        this.#overall.asked = asked;
      } finally {
        this.#answered();
        this.#answered = NOTHING;
      }
    }
  }

  async #ask({ scheme, challenge, realm }: Choice): Promise<Credentials | null> {
    if (this.#overall.asked >= this.#under.settings.maximumAuthenticationAttempts) return null;
    this.#overall.asked++;
    return askCredentials({
      challenge: {
        scheme: scheme.name,
        realm,
        origin: this.#server.origin,
        isProxy: this.#server.isProxy,
        attempt: this.#overall.asked,
        options: Object.fromEntries(challenge.params),
      },
      source: this.#under.settings.credentials,
      system: scheme.isIntegrated === true ? SYSTEM_ACCOUNT : null,
      cache: this.#given.isManual ? null : this.#under.all.cache,
      server: this.#key,
      isKnownWanted: this.#given.ofUrl === null,
      isRefused: (credentials) => this.#given.isRefused(credentials, realm),
      leads: (done) => {
        this.#answered = done;
      },
      call: this.#call,
    });
  }

  /** The best that can do with the credentials, and can be used. */
  #begin(choices: readonly Choice[], credentials: Credentials, outgoing: OutgoingRequest): Answering {
    const [choice, ...others] = choices.filter(({ scheme }) => scheme.takes(credentials));
    if (choice === undefined) return null;
    const session = beginSession(choice, credentials, this.#server, this.#request);
    const answering = this.#keep(choice, credentials, session, outgoing);
    if (!isPromise(answering) || others.length === 0) return answering;
    return answering.catch((error) => {
      if (!(error instanceof UnusableScheme)) throw error;
      this.#tell(error);
      return this.#begin(others, credentials, outgoing);
    });
  }

  #keep(
    { scheme, challenge, realm, strength }: Choice,
    credentials: Credentials,
    session: Session,
    outgoing: OutgoingRequest,
  ): Answering {
    const paths = this.#server.isProxy ? ['/'] : scheme.spaceOf(challenge, this.#request.url);
    const space = { realm, scheme, strength, credentials, session, paths };
    const answering = this.#answerWith(space, outgoing);
    const remember = (answer: AuthenticationAnswer | null): AuthenticationAnswer | null => {
      this.#given.remember(space);
      this.#overall.strength = Math.max(this.#overall.strength, strength);
      return answer;
    };
    return isPromise(answering) ? answering.then(remember) : remember(answering);
  }

  #answerWith(with_: Omit<Sent, 'answer'>, outgoing: OutgoingRequest): Answering {
    const { realm, scheme, credentials, session } = with_;
    const answered = session.answer(outgoing, this.#bindingOf(scheme, outgoing));
    if (answered === null) return null;
    if (scheme.isReadable && !this.#server.isEncrypted && !this.#given.isOfProxyUrl(credentials))
      tellReadable(this.#under.all, this.#server, this.#call);
    const keep = (given: AuthenticationAnswer | null): AuthenticationAnswer | null => {
      if (given === null) return null;
      const answer = scheme.isConnectionBound ? this.#overLease(given, credentials, outgoing) : given;
      this.#sent = { realm, scheme, credentials, session, answer };
      return answer;
    };
    return isPromise(answered) ? this.#call.wait(answered).then(keep) : keep(answered);
  }

  #overLease(
    answer: AuthenticationAnswer,
    credentials: Credentials,
    { body }: OutgoingRequest,
  ): AuthenticationAnswer {
    const lease = leaseIdentity(this.#key, credentials, body?.replayable === false ? this : null);
    // A handshake begins behind nothing, or behind a refusal, with which the last answer was forgotten.
    return { ...answer, lease, isContinued: this.#sent !== null };
  }

  #bindingOf({ isConnectionBound }: Scheme, { certificate = null }: OutgoingRequest): Uint8Array | null {
    return isConnectionBound && certificate !== null ? this.#under.all.bind(certificate) : null;
  }

  #choices(values: readonly string[], outgoing: OutgoingRequest): Choice[] {
    return choose(parseChallenges(values), this.#allowed, outgoing);
  }

  get #allowed(): Allowed {
    const { settings, schemes } = this.#under;
    return allowedBy(settings, this.#server, schemes);
  }
}
