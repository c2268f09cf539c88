/**
 * What an object of the platform's calls itself: `Request`, `Blob`, `FormData` … The same for objects of a frame, of another
 * realm and of a library's own copy of the classes, for which `instanceof` is wrong.
 */
export function brandOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
