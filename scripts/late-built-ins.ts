import type { Plugin } from 'rollup';

/**
 * Modules of Node that take a fifth of an import of ours, and that nothing needs before the first connection or file: they
 * bring streams, readline and watchers of files with them. node:fs itself is there before any program; but an `import` of it
 * asks for each of its exports, streams of files among them.
 */
const LATE = new Set(['node:net', 'node:dns', 'node:fs', 'node:fs/promises', 'node:os']);
const PREFIX = '\0late ';

export function isLate(id: string): boolean {
  return LATE.has(id);
}

/**
 * Has Node load them with the first call of a function of theirs. The sources import them like all others; what is built has in
 * their place functions that ask `process.getBuiltinModule`, which needs no promise and means nothing to bundlers.
 */
export const lateBuiltIns: Plugin = {
  name: 'late-built-ins',
  resolveId: (id) => (isLate(id) ? PREFIX + id : null),
  load(id) {
    if (!id.startsWith(PREFIX)) return null;
    const name = id.slice(PREFIX.length);
    const exported = Object.entries(process.getBuiltinModule(name) as object);
    return { code: exported.map(([key, value]) => declarationOf(name, key, value)).join('\n'), map: null };
  },
};

function declarationOf(name: string, key: string, value: unknown): string {
  const late = `process.getBuiltinModule('${name}').${key}`;
  if (typeof value === 'function') return `export const ${key} = (...args) => ${late}(...args);`;
  return `export const ${key} = /* @__PURE__ */ (() => ${late})();`;
}
