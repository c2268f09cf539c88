import type { KeyValueStore } from '../../src/storage/key-value-store.ts';

/** A store whose code is loaded with its first use: most pages use none. */
export function lazyStore(open: () => Promise<KeyValueStore>): KeyValueStore {
  const opened = lazily(open);
  let isUsed = false;
  const store = (): Promise<KeyValueStore> => {
    isUsed = true;
    return opened();
  };
  return {
    load: async () => (await store()).load(),
    apply: async (changes) => (await store()).apply(changes),
    watch(listener) {
      let isStopped = false;
      let stop = (): void => {};
      store().then(
        (found) => {
          if (!isStopped && found.watch !== undefined) stop = found.watch(listener);
        },
        // A store that is watched is loaded, too: its `load` tells of the failure.
        () => {},
      );
      return () => {
        isStopped = true;
        stop();
      };
    },
    async close() {
      if (!isUsed) return;
      await opened().then(
        (found) => found.close(),
        () => {},
      );
    },
  };
}

/**
 * Code that is loaded with its first use, and kept: what most programs never need should not make their bundles larger.
 * A load that failed (a page without a network) is tried again with the next use.
 */
export function lazily<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}
