import { isPlatforms } from '../util/brand.ts';
import { encodeUtf8 } from '../util/bytes.ts';
import type { RequestBody } from './body.ts';
import { type BodyReaders, blobBody } from './body-input.ts';
import { randomBoundary } from './boundary.ts';
import { formParts, formType } from './form-data.ts';

/**
 * A form as it is sent: a Blob of its parts, or the parts one after the other where a file is of another copy of the class
 * (formdata-node), which the constructor of Blob would take for a text.
 */
export function formBody(form: FormData, readers: BodyReaders): RequestBody {
  const boundary = randomBoundary();
  const parts = formParts(form, boundary);
  const type = formType(boundary);
  if (parts.every((part) => typeof part === 'string' || isPlatforms(part, 'Blob', 'size')))
    return blobBody(new Blob([...parts], { type }), readers);
  const pieces = parts.map((part) => (typeof part === 'string' ? encodeUtf8(part) : part));
  return {
    length: pieces.reduce((sum, piece) => sum + lengthOf(piece), 0),
    replayable: true,
    bytes: null,
    contentType: type,
    async *open() {
      for (const piece of pieces) {
        if (piece instanceof Uint8Array) yield piece;
        else yield* readers.chunks(piece);
      }
    },
  };
}

function lengthOf(piece: Uint8Array | Blob): number {
  return piece instanceof Uint8Array ? piece.length : piece.size;
}
