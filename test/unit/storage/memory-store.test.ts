import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { testStore } from '../../suites/store.ts';

const places = new Map<string, MemoryStore>();

testStore('MemoryStore', {
  open: (name) => {
    const store = places.get(name) ?? new MemoryStore();
    places.set(name, store);
    return store;
  },
  cleanUp: async () => places.clear(),
});
