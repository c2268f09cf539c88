/** A boundary for multipart bodies, RFC 2046 §5.1.1, that no part can be made to contain: 128 bits that nobody can guess. */
export function randomBoundary(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `fairlead-${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
