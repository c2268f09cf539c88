import { resolve } from 'node:path';
import type { GetManualChunk, GetModuleInfo } from 'rollup';

/** Chunks → whose modules they have, of those that the manager of Node consists of. The first that has a module keeps it. */
const OWNERS = { shared: 'platform/node/bridge.ts', manager: 'platform/node/index.ts' };

/**
 * What the manager of Node consists of is one file, since Node needs longer to find a file than to read a small one; but for what a
 * client of a bridge has of it, who needs no more.
 */
export const nodeChunks: GetManualChunk = (id, { getModuleInfo }) => {
  if (!reachedFrom(OWNERS.manager, getModuleInfo).has(id)) return null;
  return reachedFrom(OWNERS.shared, getModuleInfo).has(id) ? 'shared' : 'manager';
};

function reachedFrom(root: string, getModuleInfo: GetModuleInfo): Set<string> {
  const reached = new Set([resolve(root)]);
  for (const id of reached)
    for (const imported of getModuleInfo(id)?.importedIds ?? []) reached.add(imported);
  return reached;
}
