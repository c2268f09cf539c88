import { promisifyRequest, type UseStore } from 'idb-keyval';
import { type Checks, checkOptions, FUNCTION, requiredText, TEXT } from '../../src/checks/checker.ts';
import type { FaultListener, KeyValueStore, StoredValue } from '../../src/storage/key-value-store.ts';
import { reportLater } from '../../src/storage/report-later.ts';
import { withinPatience } from '../../src/storage/store-patience.ts';
import { openDatabase } from './open-database.ts';

/** Which database and object store an {@link IndexedDbStore} uses. */
export interface IndexedDbStoreOptions {
  /** Keeps the content apart from other stores in the same database: `'hsts'`, `'cookies'`. */
  readonly namespace: string;
  /** Name of the IndexedDB database, which must have no other user. @default 'fairlead' */
  readonly database?: string | undefined;
  /** Hears when changes of other pages could not be read. */
  readonly onFault?: FaultListener | undefined;
}

const CHECKS: Checks<IndexedDbStoreOptions> = {
  namespace: requiredText('a name'),
  database: TEXT,
  onFault: FUNCTION,
};

/**
 * A {@link KeyValueStore} in IndexedDB, shared by all pages and workers of an origin. A batch is one transaction, so it
 * survives a crash of the page or the browser; whether it survives a loss of power is the browser's choice. Pages tell
 * each other of changes where there is BroadcastChannel.
 *
 * All namespaces share one object store, so that no upgrade of the database is needed for a new one: keys are
 * `[namespace, key]`. Nothing is touched before the first use: a page whose storage is blocked may make one.
 */
export class IndexedDbStore implements KeyValueStore {
  readonly #namespace: string;
  readonly #onFault: FaultListener;
  readonly #use: UseStore;
  /** Tells other pages which keys have changed, and hears it from them. It never hears itself. */
  #channel: BroadcastChannel | null | undefined;
  readonly #channelName: string;
  /** Keys that are or were there: those that a page does not find when it comes back were removed meanwhile. */
  readonly #known = new Set<string>();
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: IndexedDbStoreOptions) {
    const { namespace, database = 'fairlead', onFault } = checkOptions('IndexedDbStore', options, CHECKS);
    this.#namespace = namespace;
    this.#onFault = reportLater(onFault);
    this.#use = openDatabase(database, 'entries');
    this.#channelName = `${database}/${namespace}`;
  }

  async load(): Promise<Map<string, StoredValue>> {
    try {
      // Arrays sort after strings, so this is every key of the namespace.
      const range = IDBKeyRange.bound([this.#namespace], [this.#namespace, []]);
      const [keys, values] = await this.#use('readonly', (entries) =>
        Promise.all([
          promisifyRequest(entries.getAllKeys(range)),
          promisifyRequest(entries.getAll(range) as IDBRequest<StoredValue[]>),
        ]),
      );
      const entries = new Map(keys.map((key, i) => [(key as [string, string])[1], values[i]!]));
      for (const key of entries.keys()) this.#known.add(key);
      return entries;
    } catch (cause) {
      throw new Error(`storage: ${this.#namespace} could not be read from IndexedDB`, { cause });
    }
  }

  async apply(changes: ReadonlyMap<string, StoredValue | null>): Promise<void> {
    if (changes.size === 0) return;
    const write = this.#use('readwrite', (entries) => {
      try {
        for (const [key, value] of changes) {
          if (value === null) entries.delete([this.#namespace, key]);
          else entries.put(value, [this.#namespace, key]);
        }
      } catch (error) {
        // Without this the requests before the one that was refused would be committed.
        entries.transaction.abort();
        throw error;
      }
      return promisifyRequest(entries.transaction);
    });
    for (const key of changes.keys()) this.#known.add(key);
    this.#lastWrite = write.catch(() => {});
    await write;
    this.#openChannel()?.postMessage([...changes.keys()]);
  }

  watch(listener: (changes: ReadonlyMap<string, StoredValue | null>) => void): () => void {
    const tell = (changes: Promise<Map<string, StoredValue | null>>): void => {
      changes.then(listener, (cause) => {
        this.#onFault(new Error(`storage: changes of ${this.#namespace} could not be read`, { cause }));
      });
    };
    // Only keys are told: by now the values may have changed again.
    const hear = ({ data }: MessageEvent<string[]>): void => tell(this.#read(data));
    // In the back-forward cache a page hears nothing.
    const comeBack = (event: Event): void => {
      if ((event as PageTransitionEvent).persisted) tell(this.#readAll());
    };
    const channel = this.#openChannel();
    channel?.addEventListener('message', hear);
    globalThis.addEventListener?.('pageshow', comeBack);
    return () => {
      channel?.removeEventListener('message', hear);
      globalThis.removeEventListener?.('pageshow', comeBack);
    };
  }

  async close(): Promise<void> {
    await withinPatience(this.#lastWrite, `storage: closing ${this.#namespace}`).catch(() => {});
    this.#channel?.close();
    try {
      const closing = this.#use('readonly', (entries) => entries.transaction.db.close());
      await withinPatience(Promise.resolve(closing), `storage: closing ${this.#namespace}`);
    } catch {
      // It could not be opened in the first place, or never answers.
    }
  }

  #openChannel(): BroadcastChannel | null {
    if (this.#channel === undefined) this.#channel = openChannel(this.#channelName);
    return this.#channel;
  }

  async #readAll(): Promise<Map<string, StoredValue | null>> {
    const known = [...this.#known];
    const entries = await this.load();
    return new Map([...known.map((key) => [key, null] as const), ...entries]);
  }

  async #read(keys: readonly string[]): Promise<Map<string, StoredValue | null>> {
    const values = await this.#use('readonly', (entries) =>
      Promise.all(
        keys.map((key) => promisifyRequest<StoredValue | undefined>(entries.get([this.#namespace, key]))),
      ),
    );
    for (const key of keys) this.#known.add(key);
    return new Map(keys.map((key, i) => [key, values[i] ?? null]));
  }
}

/** Null where there is none, or where storage is blocked (Firefox refuses it with a SecurityError). */
function openChannel(name: string): BroadcastChannel | null {
  try {
    return typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null;
  } catch {
    return null;
  }
}
