import type { KeyValueStore, StoredValue } from './key-value-store.ts';

/** A store that forgets with the process: for tests, and for platforms without persistence. */
export class MemoryStore implements KeyValueStore {
  readonly #entries = new Map<string, StoredValue>();

  async load(): Promise<Map<string, StoredValue>> {
    return new Map(this.#entries);
  }

  async apply(changes: ReadonlyMap<string, StoredValue | null>): Promise<void> {
    for (const [key, value] of changes) {
      if (value === null) this.#entries.delete(key);
      else this.#entries.set(key, value);
    }
  }

  async close(): Promise<void> {}
}
