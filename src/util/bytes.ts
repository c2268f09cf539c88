/**
 * Bytes that no other thread can write to: what Blob, WebCrypto, WebAssembly and a page's fetch take. Spelled like this
 * because TypeScript before 5.7 does not know `Uint8Array<ArrayBuffer>`.
 */
export type Bytes = ReturnType<Uint8Array['slice']>;
