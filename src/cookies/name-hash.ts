/** A server cannot guess it, so it cannot choose names that share one. */
const SEED = Math.floor(Math.random() * 0x7fffffff);

/**
 * A small number for the name of a cookie (FNV-1a). As the key of a map it is compared where it stands; the text of a
 * name would have to be fetched from memory first, which is a third of what it takes to store a cookie in a large jar.
 */
export function nameHash(name: string): number {
  let hash = SEED;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
