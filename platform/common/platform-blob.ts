import type { RequestBody } from '../../src/message/body.ts';
import { isPlatforms } from '../../src/util/brand.ts';

/** The Content-Type of a body that is text to the platform. A Blob has its own, in lower case, or none. */
const TEXT = 'text/plain;charset=UTF-8';

/**
 * A body as the Blob that it is, where the platform takes it for one. That of a library it would send as the text
 * "[object Blob]"; so does the fetch of Node where the class Blob is jsdom's.
 */
export async function platformBlob(body: RequestBody): Promise<Blob | undefined> {
  const blob = await body.blob?.();
  if (blob === undefined || !isPlatforms(blob, 'Blob', 'size')) return undefined;
  return new Response(blob).headers.get('content-type') === TEXT ? undefined : blob;
}
