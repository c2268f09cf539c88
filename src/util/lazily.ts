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
