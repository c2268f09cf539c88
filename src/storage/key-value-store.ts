/**
 * A small durable map behind something that lives in memory (the HSTS hosts, the cookie jar). Memory is the authority
 * and synchronous; the store is loaded once and told of changes in batches.
 *
 * Contract, proved by `testStore` for every implementation:
 * - `apply` is atomic: after a crash at any instant a later `load` sees all of a batch or nothing of it;
 * - `apply` merges by key with what other processes or tabs wrote; it never rewrites keys that it was not given;
 * - content that is damaged is set aside and reported through `onFault`, never thrown from `load` and never lost;
 * - `load` rejects when the content cannot be read: that there is none is another answer.
 */
export interface KeyValueStore {
  /** Everything that is stored. */
  load(): Promise<Map<string, StoredValue>>;
  /** Writes the given keys, `null` removes one. Resolves when the batch would survive a crash. */
  apply(changes: ReadonlyMap<string, StoredValue | null>): Promise<void>;
  /**
   * Writes at once, before it returns, for a program that is about to end by `process.exit`. Absent where the platform
   * cannot.
   */
  applySync?(changes: ReadonlyMap<string, StoredValue | null>): void;
  /** Tells of changes made elsewhere, where the platform can. Returns the function that stops it. */
  watch?(listener: (changes: ReadonlyMap<string, StoredValue | null>) => void): () => void;
  /**
   * Looks whether others have changed something, for those who watch. Resolves when they have been told, within a second,
   * and does not reject. Null when there is nothing to wait for: it has looked just now, or is told of changes reliably.
   */
  look?(): Promise<void> | null;
  /** Waits for what is being written and releases everything. The store may not be used after it. */
  close(): Promise<void>;
}

/** JSON-shaped data: what a file and IndexedDB both keep. */
export type StoredValue =
  | string
  | number
  | boolean
  | null
  | readonly StoredValue[]
  | { readonly [key: string]: StoredValue };

/** Hears of a store's troubles (unreadable content, a full disk): once each, never fatal. */
export type FaultListener = (fault: Error) => void;
