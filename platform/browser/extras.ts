/** What only a page or worker has: `fairlead/browser`. */
export type { Download, DownloadSettings } from '../../src/download/download.ts';
export type { DownloadOutcome } from '../../src/download/target.ts';
export type { DownloadOptions, SavedBlob, WritableFileHandle } from './download.ts';
export { download } from './download.ts';
export type { IndexedDbCacheOptions } from './indexeddb-cache.ts';
export { IndexedDbCache } from './indexeddb-cache.ts';
export type { IndexedDbStoreOptions } from './indexeddb-store.ts';
export { IndexedDbStore } from './indexeddb-store.ts';
export { xhrUploads } from './xhr-uploads.ts';
