/** A boundary for multipart bodies, RFC 2046 §5.1.1, that no part can be made to contain: 128 bits that nobody can guess. */
export function randomBoundary(): string {
  return `fairlead-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
}
