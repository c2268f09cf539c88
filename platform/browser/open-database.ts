import { createStore, type UseStore } from 'idb-keyval';

/**
 * The object store of a database, which gives way to whoever deletes that (a logout that leaves nothing behind): the
 * deletion would wait for our connection, and everybody who opens the database next for the deletion. With its next use
 * it is made anew.
 */
export function openDatabase(name: string, objectStore: string): UseStore {
  let use = createStore(name, objectStore);
  return (mode, work) =>
    use(mode, (entries) => {
      const { db } = entries.transaction;
      db.onversionchange = () => {
        db.close();
        use = createStore(name, objectStore);
      };
      return work(entries);
    });
}
