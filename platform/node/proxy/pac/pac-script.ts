import type { ProxyQuery } from '../../../../src/options/proxy.ts';
import { type PacQuery, pacQueryOf } from '../../../../src/proxy/pac/pac-query.ts';
import { type Clock, setBackgroundTimeout, systemClock } from '../../../../src/util/clock.ts';
import { EndlessScript, ITSELF, type PacOutcome, type PacRun, type PacRunner } from './pac-outcome.ts';

/** Milliseconds for which an answer holds: names move, and a script may ask what time it is. */
const LIFETIME = 30_000;
const MOST_ANSWERS = 1000;
/** Names that one answer may take, and milliseconds that all of them may. */
const MOST_NAMES = 20;
const LONGEST_LOOKUPS = 10_000;
/** Milliseconds for one answer: names, all runs of the script, and what is run before it. */
const LONGEST_ANSWER = 15_000;

interface Answer {
  readonly text: Promise<string | null>;
  readonly until: number;
}

/** The text of a PAC file, and what it has answered lately. */
export class PacScript {
  readonly text: string;
  readonly #runner: PacRunner;
  readonly #questions: PacQuestions;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();
  /** How often it was ended. */
  #ends = 0;

  constructor(text: string, runner: PacRunner, questions: PacQuestions, clock: Clock = systemClock) {
    this.text = text;
    this.#runner = runner;
    this.#questions = questions;
    this.#clock = clock;
  }

  /**
   * What it says for a query: a list of proxies, null for none. Of https that is the same for all of a host.
   * @throws Error for a script that fails, never ends or asks too much
   */
  find(query: ProxyQuery): Promise<string | null> {
    const asked = pacQueryOf(query);
    const now = this.#clock.monotonic();
    const known = this.#answers.get(asked.url);
    if (known !== undefined && known.until > now) return known.text;
    const text = this.#run(asked);
    this.#answers.delete(asked.url);
    this.#answers.set(asked.url, { text, until: now + LIFETIME });
    if (this.#answers.size > MOST_ANSWERS) this.#answers.delete(this.#answers.keys().next().value!);
    return text;
  }

  /** Ends what runs it: whoever waits for an answer gets an error, and the next one begins anew. */
  end(): void {
    this.#ends++;
    this.#runner.end();
    this.#answers.clear();
  }

  /** Another script has taken its place. */
  retire(): void {
    this.#runner.retire();
  }

  /** All runs of one answer have one time together. */
  async #run(query: PacQuery): Promise<string | null> {
    const now = this.#clock.now();
    const startedAt = this.#clock.monotonic();
    const known = new Map<string, readonly string[]>();
    for (;;) {
      const outcome = await this.#runOnce({ query, now, known }, startedAt + LONGEST_ANSWER);
      if (outcome.kind === 'answer') return outcome.text;
      if (outcome.kind !== 'missing')
        throw outcome.kind === 'failed' ? new Error(outcome.message) : new EndlessScript(outcome.message);
      if (known.size >= MOST_NAMES) throw new Error(`it asks for more than ${MOST_NAMES} names`);
      const { name } = outcome;
      const ends = this.#ends;
      known.set(name, await this.#ask(name, startedAt + LONGEST_LOOKUPS - this.#clock.monotonic()));
      if (ends !== this.#ends) throw new Error('it was ended before it had an answer');
    }
  }

  /** What a script says is remembered, also if it fails; not what has become of the thread that runs it. */
  async #runOnce(run: PacRun, until: number): Promise<PacOutcome> {
    try {
      return await this.#runner.run(run, until);
    } catch (error) {
      this.#answers.delete(run.query.url);
      throw error;
    }
  }

  /** A name that is not found in time has no address. */
  #ask(name: string, ms: number): Promise<readonly string[]> {
    if (ms <= 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      const timer = setBackgroundTimeout(() => resolve([]), ms, this.#clock);
      const asking = name === ITSELF ? this.#questions.ownAddresses() : this.#questions.lookUp(name);
      void asking
        .catch(() => [])
        .then((addresses) => {
          this.#clock.clearTimeout(timer);
          resolve(addresses);
        });
    });
  }
}

/** What a script asks of the machine, which takes its time. */
export interface PacQuestions {
  /** The addresses of a name; none where it has none. */
  lookUp(host: string): Promise<readonly string[]>;
  /** The addresses of this machine: the one by which it reaches the network first. */
  ownAddresses(): Promise<readonly string[]>;
}

/** This machine. What it is asked by is loaded with the first question: few applications have a PAC file. */
export const thisMachine: PacQuestions = {
  async lookUp(host) {
    const { lookup } = process.getBuiltinModule('node:dns').promises;
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  },
  async ownAddresses() {
    const { networkInterfaces } = process.getBuiltinModule('node:os');
    const found = Object.values(networkInterfaces()).flat();
    const others = found.flatMap((one) => (one === undefined || one.internal ? [] : [one.address]));
    const first = await addressTowards('8.8.8.8').catch(() => null);
    return first === null ? others : [first, ...others.filter((address) => address !== first)];
  },
};

/** The address from which a packet would go there. Connecting a socket of UDP asks for the way and sends nothing. */
function addressTowards(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = process.getBuiltinModule('node:dgram').createSocket('udp4');
    const end = (error: Error | null): void => {
      const address = error === null ? socket.address().address : '';
      socket.close();
      if (error === null) resolve(address);
      else reject(error);
    };
    socket.once('error', end);
    socket.connect(53, host, () => end(null));
  });
}
