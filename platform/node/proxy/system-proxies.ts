import type { ProxyQuery } from '../../../src/options/proxy.ts';
import type { Choice } from '../../../src/proxy/environment.ts';
import { chooseBySystemSettings, type SystemSettings } from '../../../src/proxy/system/system-settings.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { readSystemSettings } from './read-system.ts';
import type { SystemHost } from './system-host.ts';

/** Milliseconds for which settings hold that were read, and what could not be read is not tried again. */
const LIFETIME = 5_000;

/** What settings, or the want of them, came to. */
type Read =
  | { readonly settings: SystemSettings; readonly why: null }
  | { readonly settings: null; readonly why: string };

/** Chooses by what the system has been told. What cannot be read is said, and the environment asked in its place. */
export class SystemProxies {
  readonly #host: SystemHost;
  readonly #environment: (query: ProxyQuery) => Choice;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #reading: Promise<Read> | null = null;
  /** When the last reading had ended. */
  #readAt = Number.POSITIVE_INFINITY;

  constructor(
    host: SystemHost,
    environment: (query: ProxyQuery) => Choice,
    clock: Pick<Clock, 'monotonic'> = systemClock,
  ) {
    this.#host = host;
    this.#environment = environment;
    this.#clock = clock;
  }

  /** @throws TypeError for a variable of the environment that names no proxy */
  async choose(query: ProxyQuery): Promise<Choice> {
    const { settings, why } = await this.#read();
    if (settings === null) return this.#goOn(query, why);
    const { source } = settings;
    if (settings.asksEnvironment) return this.#goOn(query, `${source} says so`);
    if (settings.pac !== null) return this.#goOn(query, `the PAC file of ${source} is not read`);
    const hasProxies = settings.http ?? settings.https ?? settings.socks;
    if (settings.discovers && hasProxies === null)
      return this.#goOn(query, `${source} asks for WPAD, which is not looked for`);
    try {
      return chooseBySystemSettings(settings, query);
    } catch (error) {
      return this.#goOn(query, (error as Error).message);
    }
  }

  #goOn(query: ProxyQuery, why: string): Choice {
    const choice = this.#environment(query);
    return { ...choice, rule: `system: ${why}; ${choice.rule}` };
  }

  /** One reading for all that ask meanwhile, and for some seconds. */
  #read(): Promise<Read> {
    if (this.#reading === null || this.#clock.monotonic() - this.#readAt >= LIFETIME) {
      this.#readAt = Number.POSITIVE_INFINITY;
      this.#reading = readSystemSettings(this.#host)
        .then(
          (settings): Read => ({ settings, why: null }),
          (error: Error): Read => ({ settings: null, why: `cannot be read: ${error.message}` }),
        )
        .finally(() => {
          this.#readAt = this.#clock.monotonic();
        });
    }
    return this.#reading;
  }
}
