import type { ProxyQuery } from '../../../src/options/proxy.ts';
import type { Choice } from '../../../src/proxy/environment.ts';
import { chooseBySystemSettings, type SystemSettings } from '../../../src/proxy/system/system-settings.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { PacFile, type PacParts } from './pac/pac-file.ts';
import { readSystemSettings, type SystemHost } from './read-system.ts';

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
  readonly #parts: PacParts;
  readonly #clock: Clock;
  #pac: { readonly url: string; readonly file: PacFile } | null = null;
  #reading: Promise<Read> | null = null;
  /** When the last reading had ended. */
  #readAt = Number.POSITIVE_INFINITY;

  constructor(host: SystemHost, environment: (query: ProxyQuery) => Choice, parts: PacParts) {
    this.#host = host;
    this.#environment = environment;
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /** @throws TypeError for a variable of the environment that names no proxy */
  async choose(query: ProxyQuery, asker?: object): Promise<Choice> {
    const { settings, why } = await this.#read();
    if (settings === null) return this.#goOn(query, why);
    const { source } = settings;
    if (settings.asksEnvironment) return this.#goOn(query, `${source} says so`);
    const byPac = settings.pac === null ? null : await this.#chooseByPac(settings.pac, source, query, asker);
    if (byPac !== null && typeof byPac !== 'string') return byPac;
    // As in Chromium: where there is no PAC file to be had, the proxies that are named besides count.
    const hasProxies = (settings.http ?? settings.https ?? settings.socks) !== null;
    if (byPac !== null && !hasProxies) return this.#goOn(query, byPac);
    if (settings.discovers && !hasProxies)
      return this.#goOn(query, `${source} asks for WPAD, which is not looked for`);
    try {
      const choice = chooseBySystemSettings(settings, query);
      return byPac === null ? choice : { ...choice, rule: `${choice.rule}; ${byPac}` };
    } catch (error) {
      return this.#goOn(query, (error as Error).message);
    }
  }

  /** That asker is closed: what runs for it alone is ended. */
  leave(asker: object): void {
    this.#pac?.file.leave(asker);
  }

  /**
   * The choice of a PAC file, or why there is none.
   * @throws Error where the packages that run such files are not installed: that is for the developer to decide
   */
  async #chooseByPac(
    url: string,
    source: string,
    query: ProxyQuery,
    asker: object | undefined,
  ): Promise<Choice | string> {
    if (this.#pac?.url !== url) {
      this.#pac?.file.retire();
      this.#pac = { url, file: new PacFile(url, this.#parts) };
    }
    try {
      const { proxies, rule } = await this.#pac.file.choose(query, asker);
      return { proxies, rule: `system (${source}): ${rule}` };
    } catch (error) {
      const { cause, message } = error as Error;
      if ((cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') throw error;
      return message;
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
