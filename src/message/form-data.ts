import type { RequestBody } from './body.ts';

/**
 * multipart/form-data of a FormData (RFC 7578, escaping of WHATWG HTML §4.10.21.8). The parts are read as they are sent;
 * Blobs know their size, so the length is always known.
 */
export function formDataBody(form: FormData): RequestBody {
  const boundary = makeBoundary();
  const encoder = new TextEncoder();
  const parts: (Uint8Array | Blob)[] = [];
  for (const [name, value] of form) {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"`;
    if (typeof value === 'string') {
      parts.push(encoder.encode(`${disposition}\r\n\r\n${value.replace(/\r\n|\r|\n/g, '\r\n')}\r\n`));
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      const head = `${disposition}; filename="${quoted(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
      parts.push(encoder.encode(head), value, encoder.encode('\r\n'));
    }
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`));
  const body = new Blob(parts as BlobPart[]);
  return {
    length: body.size,
    replayable: true,
    bytes: null,
    contentType: `multipart/form-data; boundary=${boundary}`,
    open: () => chunks(parts),
  };
}

async function* chunks(parts: readonly (Uint8Array | Blob)[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const part of parts) {
    if (part instanceof Blob) yield* blobChunks(part);
    else yield part;
  }
}

async function* blobChunks(blob: Blob): AsyncGenerator<Uint8Array, void, undefined> {
  const size = 64 * 1024;
  for (let at = 0; at < blob.size; at += size) {
    yield new Uint8Array(await blob.slice(at, at + size).arrayBuffer());
  }
}

function quoted(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22');
}

/** Unpredictable: a part must not be able to contain it (checklist 85). */
function makeBoundary(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `fairlead-${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
