import type { QuickJSWASMModule } from 'quickjs-emscripten-core';
import type { ProxyQuery } from '../../../../src/options/proxy.ts';
import type { Choice } from '../../../../src/proxy/environment.ts';
import { parsePacList } from '../../../../src/proxy/pac-list.ts';
import { NO_PROXY } from '../../../../src/proxy/setting.ts';
import { type Clock, systemClock } from '../../../../src/util/clock.ts';
import { withoutUserinfo } from '../../../../src/util/redaction.ts';
import { forgetQuickJs, loadQuickJs } from '../../lazy-quickjs.cjs';
import { PacScript } from './pac-script.ts';
import { type PacQuestions, thisMachine } from './surroundings.ts';

/** Milliseconds after which a file is looked at again, and after which one that could not be had is. */
const LIFETIME = 300_000;
const LIFETIME_OF_LOCAL = 2_000;
const PAUSE_AFTER_FAILURE = 10_000;

/** Where the parts of a PAC file come from: a test gives others. */
export interface PacParts {
  /** The text behind a URL, directly, within some time. */
  readonly download: (url: string) => Promise<string>;
  readonly loadQuickJs?: () => Promise<QuickJSWASMModule>;
  readonly questions?: PacQuestions;
  readonly clock?: Clock;
}

/** A PAC file by its URL: read with the first query, and looked at again while it is used, so that a new one takes its place. */
export class PacFile {
  readonly #url: string;
  readonly #parts: Required<PacParts>;
  readonly #lifetime: number;
  #script: PacScript | null = null;
  #loading: Promise<PacScript> | null = null;
  /** When it is to be looked at again. */
  #staleAt = 0;
  #failure: Error | null = null;

  constructor(url: string, parts: PacParts) {
    this.#url = url;
    this.#parts = { loadQuickJs, questions: thisMachine, clock: systemClock, ...parts };
    this.#lifetime = url.startsWith('file:') ? LIFETIME_OF_LOCAL : LIFETIME;
  }

  /** What has decided, for explanations. */
  get rule(): string {
    return `PAC: ${shownUrl(this.#url)}`;
  }

  /** @throws Error that says which file, and what is wrong with it */
  async choose(query: ProxyQuery): Promise<Choice> {
    try {
      const script = await this.#current();
      const text = await script.find(query);
      // Netscape: null stands for a direct connection; Chromium: so does an empty text.
      if (text === null || text.trim() === '') return { proxies: NO_PROXY, rule: this.rule };
      const proxies = parsePacList(text);
      if (proxies.length === 0) throw new Error('it names no proxy that can be used');
      return { proxies, rule: this.rule };
    } catch (cause) {
      if (cause instanceof WebAssembly.RuntimeError) this.#startAnew();
      throw new Error(`the PAC file ${shownUrl(this.#url)}: ${(cause as Error).message}`, { cause });
    }
  }

  /** A module of WebAssembly that has aborted does nothing any more. */
  #startAnew(): void {
    forgetQuickJs();
    this.#script = null;
    this.#staleAt = 0;
  }

  #current(): Promise<PacScript> {
    const isStale = this.#parts.clock.monotonic() >= this.#staleAt;
    if (isStale && this.#loading === null) {
      this.#loading = this.#load();
      // The old one serves as long as there is no other.
      this.#loading.catch(() => {});
    }
    if (this.#script !== null) return Promise.resolve(this.#script);
    return this.#loading ?? Promise.reject(this.#failure);
  }

  async #load(): Promise<PacScript> {
    const { download, loadQuickJs, questions, clock } = this.#parts;
    let lifetime = this.#lifetime;
    try {
      const [quickjs, text] = await Promise.all([loadQuickJs(), download(this.#url)]);
      if (this.#script?.text !== text) this.#script = new PacScript(text, quickjs, questions, clock);
      return this.#script;
    } catch (error) {
      this.#failure = error as Error;
      if (this.#script === null) lifetime = PAUSE_AFTER_FAILURE;
      throw error;
    } finally {
      this.#staleAt = clock.monotonic() + lifetime;
      this.#loading = null;
    }
  }
}

/** Without credentials, and of a file that is in its URL not the whole of it. */
function shownUrl(url: string): string {
  return url.startsWith('data:') ? 'data:' : withoutUserinfo(url).slice(0, 200);
}
