import type { ManagerOptions } from '../../../../src/call/parts.ts';
import type { NetworkClient } from '../../../../src/network-client.ts';
import type { ProxyQuery } from '../../../../src/options/proxy.ts';
import type { Choice } from '../../../../src/proxy/environment.ts';
import { NO_PROXY, parsePacList } from '../../../../src/proxy/setting.ts';
import { type Clock, systemClock } from '../../../../src/util/clock.ts';
import { withoutUserinfo } from '../../../../src/util/redaction.ts';
import { locateQuickJs } from '../../late-packages.cjs';
import type { PacRunner } from './pac-outcome.ts';
import { type PacQuestions, PacScript, thisMachine } from './pac-script.ts';
import { PacWorker } from './pac-worker.ts';

/** Milliseconds after which a file is looked at again, and after which one that could not be had is. */
const LIFETIME = 300_000;
const LIFETIME_OF_LOCAL = 2_000;
const PAUSE_AFTER_FAILURE = 10_000;

/** Where the parts of a PAC file come from: a test gives others. */
export interface PacParts {
  /** The text behind a URL, directly, within some time. */
  readonly download: (url: string, signal: AbortSignal) => Promise<string>;
  /** What runs a script. */
  readonly runner?: (script: string, clock: Clock) => PacRunner;
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
  #download = new AbortController();
  /** Who waits for an answer, and for how many. */
  readonly #askers = new Map<object, number>();
  /** When it is to be looked at again. */
  #staleAt = 0;
  #failure: Error | null = null;

  constructor(url: string, parts: PacParts) {
    this.#url = url;
    this.#parts = { runner: inThread, questions: thisMachine, clock: systemClock, ...parts };
    this.#lifetime = url.startsWith('file:') ? LIFETIME_OF_LOCAL : LIFETIME;
  }

  /** What has decided, for explanations. */
  get rule(): string {
    return `PAC: ${shownUrl(this.#url)}`;
  }

  /**
   * @param asker whoever asks: {@link leave} ends what nobody else waits for
   * @throws Error that says which file, and what is wrong with it
   */
  async choose(query: ProxyQuery, asker: object = ANYBODY): Promise<Choice> {
    this.#askers.set(asker, (this.#askers.get(asker) ?? 0) + 1);
    try {
      const script = await this.#current();
      const text = await script.find(query);
      // Netscape: null stands for a direct connection; Chromium: so does an empty text.
      if (text === null || text.trim() === '') return { proxies: NO_PROXY, rule: this.rule };
      const proxies = parsePacList(text);
      if (proxies.length === 0) throw new Error('it names no proxy that can be used');
      return { proxies, rule: this.rule };
    } catch (cause) {
      throw new Error(`the PAC file ${shownUrl(this.#url)}: ${(cause as Error).message}`, { cause });
    } finally {
      const others = (this.#askers.get(asker) ?? 1) - 1;
      if (others > 0) this.#askers.set(asker, others);
      else this.#askers.delete(asker);
    }
  }

  /** It is not asked any more. What waits gets its answer. */
  retire(): void {
    this.#script?.retire();
  }

  /** Of no use to that asker any more: without others that wait, nothing of it goes on. The next question begins anew. */
  leave(asker: object): void {
    this.#askers.delete(asker);
    if (this.#askers.size > 0) return;
    this.#download.abort(new Error('nobody waits for it any more'));
    this.#script?.end();
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
    const { download, runner, questions, clock } = this.#parts;
    this.#download = new AbortController();
    const { signal } = this.#download;
    let lifetime = this.#lifetime;
    try {
      const text = await download(this.#url, signal);
      if (this.#script?.text === text) return this.#script;
      const script = new PacScript(text, runner(text, clock), questions, clock);
      this.#script?.retire();
      this.#script = script;
      return script;
    } catch (error) {
      this.#failure = error as Error;
      if (signal.aborted) lifetime = 0;
      else if (this.#script === null) lifetime = PAUSE_AFTER_FAILURE;
      throw error;
    } finally {
      this.#staleAt = clock.monotonic() + lifetime;
      this.#loading = null;
    }
  }
}

/** Who asks and says nothing of when it leaves. */
const ANYBODY = {};

/** @throws Error where QuickJS is not installed */
function inThread(script: string, clock: Clock): PacRunner {
  return new PacWorker({ script, quickJs: locateQuickJs() }, clock);
}

/** Without credentials, and of a file that is in its URL not the whole of it. */
function shownUrl(url: string): string {
  return url.startsWith('data:') ? 'data:' : withoutUserinfo(url).slice(0, 200);
}

/** Bytes and milliseconds that a PAC file may take; bytes as in Chromium. */
const MOST_BYTES = 1024 * 1024;
const LONGEST_DOWNLOAD = 10_000;

/** Makes a manager of this platform: what chooses proxies is a part of every manager, and cannot import what it is a part of. */
export type CreateClient = (options: ManagerOptions) => NetworkClient;

/** Gets texts of PAC files: never through a proxy, and with nothing that a manager of the application knows or sends. */
export function downloadsWith(create: CreateClient): (url: string, signal: AbortSignal) => Promise<string> {
  return async (url, signal) => {
    const client = create({
      proxy: 'none',
      maximumBodySize: MOST_BYTES,
      timeouts: { total: LONGEST_DOWNLOAD },
    });
    try {
      return await client.get({ url, signal }).text();
    } finally {
      await client.close();
    }
  };
}
