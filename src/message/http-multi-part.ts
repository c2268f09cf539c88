import { type Checks, checkOptions, OBJECT } from '../checks/checker.ts';
import { brandOf, isBlob } from '../util/brand.ts';
import { encodeUtf8, utf8Binary } from '../util/bytes.ts';
import { type RequestBody, type RequestBodySource, requestBody } from './body.ts';
import { quotedName, randomBoundary, withCrlf } from './form-data.ts';
import { type HeadersInput, HttpHeaders, pairsOf } from './headers.ts';
import { type BodyInput, toRequestBody } from './request-body.ts';

/** How the parts belong together. Qt: `QHttpMultiPart::ContentType`. */
export type MultiPartType = 'mixed' | 'related' | 'form-data' | 'alternative';

/** Qt: `QHttpPart`. */
export interface HttpPart {
  /**
   * The part's fields, sent as UTF-8 (RFC 7578 §5.1), so that a file name may have any letters. Content-Type is added when
   * the kind of body implies one and it is not given.
   */
  readonly headers?: HeadersInput;
  /** What stands in the part: everything that a request can have as its body, another HttpMultiPart, too. */
  readonly body: BodyInput;
}

const CHECKS: Checks<HttpPart> = {
  headers: OBJECT,
  body: { expected: 'a body', accepts: () => true, isRequired: true },
};

const TYPES: ReadonlySet<string> = new Set(['mixed', 'related', 'form-data', 'alternative']);
/** RFC 2046 §5.1.1, `boundary`. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/**
 * A body of several parts, RFC 2046 §5.1, each with fields of its own; for an ordinary form a `FormData` is simpler.
 *
 * Its length is known, and it can be sent again, when that is so of every part.
 *
 * @example
 * const message = new HttpMultiPart('related');
 * message.append({ headers: { 'content-type': 'application/json' }, body: '{"title":"A cat"}' });
 * message.append({ body: await openAsBlob('cat.jpg', { type: 'image/jpeg' }) });
 * manager.post(url, message);
 *
 * Qt: https://doc.qt.io/qt-6/qhttpmultipart.html; unlike there, no MIME-Version is sent: HTTP is not MIME (RFC 9112
 * Appendix B).
 */
export class HttpMultiPart implements RequestBodySource {
  /** The subtype of `multipart/`. @default 'mixed' */
  readonly type: MultiPartType;
  #boundary = randomBoundary();
  readonly #parts: { readonly head: Uint8Array; readonly body: RequestBody }[] = [];

  /** @throws TypeError for another type */
  constructor(type: MultiPartType = 'mixed') {
    if (!TYPES.has(type)) throw new TypeError(`HttpMultiPart: unknown type '${type}'`);
    this.type = type;
  }

  /** What separates the parts. Random unless set; must not occur in any part. */
  get boundary(): string {
    return this.#boundary;
  }

  /** @throws TypeError when it is not one to seventy characters of RFC 2046 §5.1.1 */
  set boundary(boundary: string) {
    if (!BOUNDARY.test(boundary)) throw new TypeError('HttpMultiPart: not a boundary (RFC 2046 §5.1.1)');
    this.#boundary = boundary;
  }

  /** @throws TypeError for fields that HTTP forbids or a body that cannot be sent */
  append(part: HttpPart): this {
    const { headers: fields = [], body: content } = checkOptions('HttpMultiPart', part, CHECKS);
    const headers = new HttpHeaders(
      Array.from(pairsOf(fields), ([name, value]) => [name, asUtf8(value)] as const),
    );
    const body = toRequestBody(content);
    if (body.contentType !== null) headers.setDefault('content-type', body.contentType);
    const lines = Array.from(headers, ([name, value]) => `${name}: ${value}\r\n`);
    this.#parts.push({ head: latin1(`${lines.join('')}\r\n`), body });
    return this;
  }

  /**
   * Adds a field of a form (RFC 7578), as `FormData.append` does, for bodies that FormData does not take: a stream, for one.
   *
   * @param fileName makes it a file; null for the `name` of a File, or none
   * @throws TypeError for a body that cannot be sent
   */
  appendField(name: string, body: BodyInput, fileName: string | null = null): this {
    const file = fileName ?? (brandOf(body) === 'File' ? (body as File).name : null);
    const disposition = `form-data; name="${quotedName(withCrlf(name))}"`;
    return this.append({
      headers: {
        'content-disposition': file === null ? disposition : `${disposition}; filename="${quotedName(file)}"`,
        ...(file === null || hasType(body) ? {} : { 'content-type': 'application/octet-stream' }),
      },
      body: typeof body === 'string' && file === null ? encodeUtf8(withCrlf(body)) : body,
    });
  }

  /** The parts as they are now. */
  [requestBody](): RequestBody {
    const pieces = this.#pieces();
    const lengths = pieces.map((piece) => piece.length);
    return {
      length: lengths.reduce((sum, length) => (sum === null || length === null ? null : sum + length), 0),
      replayable: this.#parts.every(({ body }) => body.replayable),
      bytes: null,
      contentType: `multipart/${this.type}; boundary="${this.#boundary}"`,
      claim: () => {
        for (const { body } of this.#parts) body.claim?.();
      },
      open: async function* () {
        for (const piece of pieces) {
          if (piece instanceof Uint8Array) yield piece;
          else yield* piece.open();
        }
      },
      discard: () => {
        for (const { body } of this.#parts) body.discard?.();
      },
    };
  }

  #pieces(): (Uint8Array | RequestBody)[] {
    const delimiter = latin1(`--${this.#boundary}\r\n`);
    const end = latin1('\r\n');
    const pieces = this.#parts.flatMap(({ head, body }) => [delimiter, head, body, end]);
    return [...pieces, latin1(`--${this.#boundary}--\r\n`)];
  }
}

function hasType(body: BodyInput): boolean {
  return isBlob(body) && body.type !== '';
}

/** A text as the string of bytes that field values are, everywhere in HTTP. */
function asUtf8(text: string): string {
  return typeof text === 'string' ? utf8Binary(text) : text;
}

/** A string of bytes as bytes. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
