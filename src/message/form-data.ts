import { isPlatforms } from '../util/brand.ts';
import { encodeUtf8 } from '../util/bytes.ts';
import { blobType } from './blob-type.ts';
import type { RequestBody } from './body.ts';
import { type BodyReaders, blobBody } from './body-input.ts';

/** The texts and files that a form is encoded as, in order. */
function formParts(
  form: Iterable<[string, FormDataEntryValue]>,
  boundary: string,
): readonly (string | Blob)[] {
  const parts: (string | Blob)[] = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quotedName(withCrlf(name))}"`;
    if (typeof value === 'string') {
      parts.push(`${head}\r\n\r\n${withCrlf(value)}\r\n`);
    } else {
      const type = blobType(value) ?? 'application/octet-stream';
      parts.push(
        `${head}; filename="${quotedName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`,
        value,
        '\r\n',
      );
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return parts;
}

/** Line ends of texts are CRLF. */
export function withCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}

/** What would end the quoted name, or its line, is escaped as browsers do. */
export function quotedName(name: string): string {
  return name.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}

/** A boundary for multipart bodies, RFC 2046 §5.1.1, that no part can be made to contain: 128 bits that nobody can guess. */
export function randomBoundary(): string {
  return `fairlead-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
}

/**
 * A form as multipart/form-data, RFC 7578: a Blob of its texts and files, whose size is known, which can be sent again, and
 * whose files are read as they are sent, in a page and on Node alike. The parts go one after the other where a file is of
 * another copy of the class (formdata-node), which the constructor of Blob would take for a text.
 *
 * Source: https://html.spec.whatwg.org/#multipart-form-data
 */
export function formBody(form: FormData, readers: BodyReaders): RequestBody {
  const boundary = randomBoundary();
  const parts = formParts(form, boundary);
  const type = `multipart/form-data; boundary=${boundary}`;
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
