import { fieldValue } from './headers.ts';

/**
 * The media type of a Blob as a Content-Type, or null when it has none.
 * @throws TypeError when it could not stand in a header (a Blob of an application's own may say anything)
 */
export function blobType({ type }: Blob): string | null {
  return fieldValue('content-type', type) || null;
}
