/**
 * What an object of the platform's calls itself: `Request`, `Blob`, `FormData` … The same for objects of a frame, of another
 * realm, and of a library's own copy of the classes, for which `instanceof` is wrong. A tag that something has put into
 * Object.prototype is none.
 */
export function brandOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const tag: unknown = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return typeof tag === 'string' && tag !== (Object.prototype as typeof value as never)[Symbol.toStringTag]
    ? tag
    : '';
}

/**
 * Whether an object is the platform's own, of any realm: a getter of its class knows it. A library's copy of the class only
 * calls itself so, and what the platform has built in would not know what to do with it.
 */
export function isPlatforms(value: object, name: string, getter: string): boolean {
  try {
    return Reflect.get((globalThis[name as never] as typeof Object).prototype, getter, value) !== undefined;
  } catch {
    return false;
  }
}

/** Bytes of any realm: in Jest a Buffer is of another one than the classes that a test sees. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && brandOf(value) === 'Uint8Array';
}

/** A File is a Blob with a name. The classes of some test environments (happy-dom) have no name for themselves. */
export function isBlob(value: unknown): value is Blob {
  if (typeof Blob === 'function' && value instanceof Blob) return true;
  const brand = brandOf(value);
  return brand === 'Blob' || brand === 'File';
}
