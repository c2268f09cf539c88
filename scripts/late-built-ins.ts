import type { Plugin } from 'rollup';

/**
 * Modules of Node that take a fifth of an import of ours, and that nothing needs before the first connection or file: they
 * bring streams, readline and watchers of files with them. node:fs itself is there before any program; but an `import` of it
 * asks for each of its exports, streams of files among them.
 */
const LATE = new Set(['node:net', 'node:dns', 'node:fs', 'node:fs/promises', 'node:os']);
/** What an import of ours needs at once, and takes from them: an `import` of each would ask for all of its exports, and make a module of them. */
const TAKEN = new Set([
  'node:async_hooks',
  'node:buffer',
  'node:diagnostics_channel',
  'node:events',
  'node:path',
  'node:timers',
  'node:url',
]);
const PREFIX = '\0late ';

export function isLate(id: string): boolean {
  return LATE.has(id) || TAKEN.has(id);
}

/**
 * Has Node load the late ones with the first call of a function of theirs. The sources import them like all others; what is built has
 * in their place functions that ask `process.getBuiltinModule`, which needs no promise and means nothing to bundlers.
 */
export const lateBuiltIns: Plugin = {
  name: 'late-built-ins',
  resolveId: (id) => (isLate(id) ? PREFIX + id : null),
  load(id) {
    if (!id.startsWith(PREFIX)) return null;
    const name = id.slice(PREFIX.length);
    const exported = Object.entries(process.getBuiltinModule(name) as object);
    const declarations = exported.map(([key, value]) => declarationOf(name, key, value));
    return { code: [...declarations, `export default ${taken(name, '')};`].join('\n'), map: null };
  },
};

function declarationOf(name: string, key: string, value: unknown): string {
  const isLateFunction = LATE.has(name) && typeof value === 'function';
  return `export const ${key} = ${isLateFunction ? `(...args) => ${member(name, key)}(...args)` : taken(name, key)};`;
}

/** In a form that is left out where it is not used. */
function taken(name: string, key: string): string {
  return `/* @__PURE__ */ (() => ${member(name, key)})()`;
}

function member(name: string, key: string): string {
  return `process.getBuiltinModule('${name}')${key === '' ? '' : `.${key}`}`;
}
