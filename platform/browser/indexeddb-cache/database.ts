import type { UseStore } from 'idb-keyval';
import { openDatabase } from '../open-database.ts';

/** The object store of a cache, with transactions that are all or nothing even when our own code throws in them. */
export class Database {
  readonly #use: UseStore;

  constructor(name: string) {
    this.#use = openDatabase(name, 'cache');
  }

  // Async, because opening may also throw.
  async read<Result>(work: (entries: IDBObjectStore) => Promise<Result>): Promise<Result> {
    return this.#use('readonly', work);
  }

  async write<Result>(work: (entries: IDBObjectStore) => Promise<Result>): Promise<Result> {
    return this.#use('readwrite', async (entries) => {
      try {
        return await work(entries);
      } catch (error) {
        abort(entries.transaction);
        // The quota is only known when the transaction has failed.
        throw entries.transaction.error ?? error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#use('readonly', (entries) => entries.transaction.db.close());
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}
