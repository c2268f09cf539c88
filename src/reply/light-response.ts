import type { ResponseHead } from '../pipeline/reply-event.ts';
import { inOnePiece } from '../util/concatenate.ts';
import { nextChunk } from './chunks-of-reply.ts';
import type { ReplyBody } from './reply-body.ts';
import type { TextDecoding } from './reply-source.ts';
import { makeResponse } from './response.ts';
import {
  type AnsweringReply,
  bodyFailure,
  constructibleStatus,
  NULL_BODY,
  type ResponseMaker,
  shownStatus,
} from './response-maker.ts';

/**
 * A Response whose stream and Headers are made when somebody touches them: most bodies are read with one call, and those
 * two cost more than the rest of a request together.
 *
 * For platforms that look at a Response through its public members only (Node). A browser's own functions (respondWith,
 * Cache.put) look inside, where this one is empty.
 */
export function lightResponses(decodeText: TextDecoding): ResponseMaker {
  return (reply, head, body) => new LightResponse(reply, head, body, decodeText);
}

class LightResponse extends Response {
  readonly #reply: AnsweringReply;
  readonly #head: ResponseHead;
  readonly #source: ReplyBody;
  readonly #decodeText: TextDecoding;
  readonly #hasBody: boolean;
  #headers: Headers | null = null;
  #isUsed = false;
  /** In its stead once somebody has touched the stream. */
  #whole: Response | null = null;

  constructor(reply: AnsweringReply, head: ResponseHead, body: ReplyBody, decodeText: TextDecoding) {
    super(null, { status: constructibleStatus(head.status), statusText: head.reason });
    this.#reply = reply;
    this.#head = head;
    this.#source = body;
    this.#decodeText = decodeText;
    this.#hasBody = !NULL_BODY.has(head.status);
  }

  override get url(): string {
    return this.#reply.url.split('#', 1)[0]!;
  }

  override get status(): number {
    return shownStatus(this.#head.status);
  }

  override get ok(): boolean {
    return this.status <= 299;
  }

  override get redirected(): boolean {
    return this.#reply.hops.length > 0 || this.#head.redirectedByPlatform;
  }

  override get headers(): Headers {
    this.#headers ??= this.#head.headers.toHeaders();
    return this.#headers;
  }

  override get body(): Response['body'] {
    return this.#hasBody ? this.#withStream().body : null;
  }

  override get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? this.#isUsed;
  }

  override text(): Promise<string> {
    return this.#read().then(this.#decodeText);
  }

  override json(): Promise<unknown> {
    return this.#read().then((bytes) => JSON.parse(this.#decodeText(bytes)) as unknown);
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.bytes().then(({ buffer }) => buffer);
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    // A chunk may be a view of a buffer that others share.
    return this.#read().then((bytes) =>
      bytes.buffer.byteLength === bytes.byteLength ? bytes : bytes.slice(),
    );
  }

  override blob(): Promise<Blob> {
    const type = this.headers.get('content-type') ?? '';
    return this.#read().then((bytes) => new Blob([bytes], { type }));
  }

  override formData(): Promise<FormData> {
    return this.#read().then((bytes) => new Response(bytes, { headers: this.headers }).formData());
  }

  override clone(): Response {
    return this.#withStream().clone();
  }

  /** All of the body, by whichever way is open. */
  async #read(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#whole !== null) return new Uint8Array(await this.#whole.arrayBuffer());
    if (this.#isUsed) throw new TypeError('Body is unusable: it has been read');
    if (!this.#hasBody) return new Uint8Array(0);
    this.#isUsed = true;
    this.#source.claim('response.body');
    try {
      return (await allOf(this.#source)) as Uint8Array<ArrayBuffer>;
    } catch (error) {
      throw bodyFailure(this.#reply, error);
    }
  }

  #withStream(): Response {
    this.#whole ??= this.#isUsed ? spent() : makeResponse(this.#reply, this.#head, this.#source);
    return this.#whole;
  }
}

/** A response whose body has been read. */
function spent(): Response {
  const response = new Response('');
  void response.text();
  return response;
}

/** All that is left of a body, once it has ended. */
async function allOf(body: ReplyBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await nextChunk(body); chunk !== null; chunk = await nextChunk(body)) chunks.push(chunk);
  return inOnePiece(chunks);
}
