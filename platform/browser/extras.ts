/** What only a page or worker has: `fairlead/browser`. */
export { IndexedDbStore } from './indexeddb-store.ts';
