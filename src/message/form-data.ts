import { blobType } from './blob-type.ts';
import { randomBoundary } from './boundary.ts';

/**
 * A form as multipart/form-data, RFC 7578. A Blob of texts and files: its size is known, it can be sent again, and the
 * files are read as they are sent, in a page and on Node alike.
 *
 * Source: https://html.spec.whatwg.org/#multipart-form-data
 *
 * @param boundary lower-case, as the type of a Blob is
 */
export function encodeFormData(
  form: Iterable<[string, FormDataEntryValue]>,
  boundary: string = randomBoundary(),
): Blob {
  return new Blob([...formParts(form, boundary)], { type: formType(boundary) });
}

export function formType(boundary: string): string {
  return `multipart/form-data; boundary=${boundary}`;
}

/** The texts and files that a form is encoded as, in order. */
export function formParts(
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
