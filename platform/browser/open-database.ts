import { promisifyRequest, type UseStore } from 'idb-keyval';

/** Errors of a connection that has been lost: Safari closes it at will, and others may have remade the database. */
const LOST = new Set(['InvalidStateError', 'NotFoundError', 'UnknownError']);

/**
 * The object store of a database. It is opened with its first use, and once more when its connection turns out to be lost
 * or has no such object store. It gives way to whoever deletes the database (a logout that leaves nothing behind): the
 * deletion would wait for our connection, and everybody who opens the database next for the deletion. With its next use it
 * is made anew.
 */
export function openDatabase(name: string, objectStore: string): UseStore {
  let opened: Promise<IDBDatabase> | null = null;
  const forget = (): void => {
    opened = null;
  };
  const connect = (): Promise<IDBDatabase> => {
    if (opened !== null) return opened;
    const opening = open(name, objectStore).then((database) => {
      database.onclose = forget;
      database.onversionchange = () => {
        database.close();
        forget();
      };
      return database;
    });
    opened = opening;
    opening.catch(() => {
      if (opened === opening) forget();
    });
    return opening;
  };
  const attempt: UseStore = async (mode, work) => {
    const database = await connect();
    return work(database.transaction(objectStore, mode).objectStore(objectStore));
  };
  return async (mode, work) => {
    const used = opened;
    try {
      return await attempt(mode, work);
    } catch (error) {
      if (!(error instanceof DOMException) || !LOST.has(error.name)) throw error;
      if (opened === used || used === null) await giveUp(opened).then(forget);
      return attempt(mode, work);
    }
  };
}

/** The database, in which the object store is made where it is missing: by a program that opened it under our name. */
async function open(name: string, objectStore: string): Promise<IDBDatabase> {
  const database = await openVersion(name, objectStore);
  if (database.objectStoreNames.contains(objectStore)) return database;
  const next = database.version + 1;
  database.close();
  return openVersion(name, objectStore, next);
}

function openVersion(name: string, objectStore: string, version?: number): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    const { result } = request;
    if (!result.objectStoreNames.contains(objectStore)) result.createObjectStore(objectStore);
  };
  return promisifyRequest(request);
}

async function giveUp(opened: Promise<IDBDatabase> | null): Promise<void> {
  try {
    (await opened)?.close();
  } catch {
    // It was never open.
  }
}
