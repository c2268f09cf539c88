import type { QuickJSWASMModule } from 'quickjs-emscripten-core';
import type { ProxyQuery } from '../../../../src/options/proxy.ts';
import { pacFunctions } from '../../../../src/proxy/pac/pac-functions.ts';
import { type PacQuery, pacQueryOf } from '../../../../src/proxy/pac/pac-query.ts';
import { type Clock, setBackgroundTimeout, systemClock } from '../../../../src/util/clock.ts';
import { EndlessScript, runPac } from './sandbox.ts';
import type { PacQuestions } from './surroundings.ts';

/** Milliseconds for which an answer holds: names move, and a script may ask what time it is. */
const LIFETIME = 30_000;
const MOST_ANSWERS = 1000;
/** Names that one answer may take, and milliseconds that all of them may. */
const MOST_NAMES = 20;
const LONGEST_LOOKUPS = 10_000;
const LONGEST_NAME = 253;
/** What stands for the machine itself among the names. */
const ITSELF = '';

interface Answer {
  readonly text: Promise<string | null>;
  readonly until: number;
}

/** The text of a PAC file, and what it has answered lately. */
export class PacScript {
  readonly text: string;
  readonly #quickjs: QuickJSWASMModule;
  readonly #questions: PacQuestions;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();
  /** Until when it is not run, because it did not end. */
  #isStuckUntil = 0;

  constructor(text: string, quickjs: QuickJSWASMModule, questions: PacQuestions, clock: Clock = systemClock) {
    this.text = text;
    this.#quickjs = quickjs;
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

  /**
   * A script waits for nothing. It is run until it asks for a name that was not looked up, and from its beginning once that
   * is there: it always sees the same world.
   */
  async #run(query: PacQuery): Promise<string | null> {
    const now = this.#clock.now();
    const until = this.#clock.monotonic() + LONGEST_LOOKUPS;
    const known = new Map<string, readonly string[]>();
    for (;;) {
      const missing: string[] = [];
      const ask = (name: string): readonly string[] => {
        const addresses = known.get(name);
        if (addresses !== undefined) return addresses;
        missing.push(name);
        throw new Error('the answer is not there yet');
      };
      const lookUp = (name: string): readonly string[] => (isName(name) ? ask(name) : []);
      const functions = pacFunctions({ now, lookUp, ownAddresses: () => ask(ITSELF) });
      try {
        const answer = this.#runOnce(query, functions);
        if (missing.length === 0) return answer;
      } catch (error) {
        if (missing.length === 0 || error instanceof EndlessScript) throw error;
      }
      const [name] = missing;
      if (known.size >= MOST_NAMES) throw new Error(`it asks for more than ${MOST_NAMES} names`);
      known.set(name!, await this.#ask(name!, until - this.#clock.monotonic()));
    }
  }

  /** A script that did not end is not run for a while, whatever it is asked for: each run holds up the whole process. */
  #runOnce(query: PacQuery, functions: ReturnType<typeof pacFunctions>): string | null {
    if (this.#isStuckUntil > this.#clock.monotonic())
      throw new EndlessScript('it has taken too long a moment ago');
    try {
      return runPac(this.#quickjs, this.text, query, functions);
    } catch (error) {
      if (error instanceof EndlessScript) this.#isStuckUntil = this.#clock.monotonic() + LIFETIME;
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

function isName(text: string): boolean {
  return text !== '' && text.length <= LONGEST_NAME && !/[\s\0/]/.test(text);
}
