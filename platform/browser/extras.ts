/** What only a page or worker has: `fairlead/browser`. */
export type { IndexedDbCacheOptions } from './indexeddb-cache.ts';
export { IndexedDbCache } from './indexeddb-cache.ts';
export type { IndexedDbStoreOptions } from './indexeddb-store.ts';
export { IndexedDbStore } from './indexeddb-store.ts';
export { xhrUploads } from './xhr-uploads.ts';
