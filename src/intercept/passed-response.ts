import type { HttpResponse } from '../call/response.ts';
import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import { bytesBody } from '../message/bytes-body.ts';
import { collectResponse } from '../message/collect-response.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { InterceptedResponse } from '../options/interceptor.ts';
import { type Bytes, ownBytes } from '../util/bytes.ts';
import { INSPECT, inspection } from '../util/inspection.ts';
import { shownFields, withoutUserinfo } from '../util/redaction.ts';
import { withoutFragment } from '../util/url.ts';
import { decodeUtf8, encodeUtf8 } from '../util/utf8.ts';

/** Most bytes of a body that `bytes()` and its like collect, when `maximumBodySize` says nothing. */
const COLLECTED_LIMIT = 256 * 1024 * 1024;

/** One body, behind however many copies of its response. */
class SharedBody {
  readonly stream: ResponseBody;
  #collected: Promise<Bytes> | null = null;
  #bytes: Bytes | null = null;

  constructor(stream: ResponseBody) {
    this.stream = stream;
  }

  get rest(): ResponseBody {
    return this.#bytes === null ? this.stream : bytesBody(this.#bytes);
  }

  get isTouched(): boolean {
    return this.#collected !== null;
  }

  async collect(limit: number, tooLarge: () => NetworkError): Promise<Bytes> {
    this.#collected ??= collectResponse(this.stream, limit, tooLarge);
    this.#bytes = await this.#collected;
    return this.#bytes;
  }
}

/** A response of the pipeline as an interceptor sees it. */
export class PassedResponse implements InterceptedResponse {
  readonly #response: HttpResponse;
  readonly #body: SharedBody;
  readonly #limit: number;

  private constructor(response: HttpResponse, body: SharedBody, limit: number) {
    this.#response = response;
    this.#body = body;
    this.#limit = limit;
  }

  /** @internal @param limit `maximumBodySize` of the request */
  static of(response: HttpResponse, limit: number | null): PassedResponse {
    return new PassedResponse(response, new SharedBody(response.body), limit ?? COLLECTED_LIMIT);
  }

  /** @internal The response behind it, or null for what is none. */
  static behind(value: unknown): HttpResponse | null {
    if (typeof value !== 'object' || value === null || !(#body in value)) return null;
    return { ...value.#response, body: value.#body.rest };
  }

  /** @internal Something has read the body. */
  get isRead(): boolean {
    return this.#body.isTouched;
  }

  get status(): number {
    return this.#response.status;
  }

  get reason(): string {
    return this.#response.reason;
  }

  get url(): string {
    return withoutUserinfo(withoutFragment(this.#response.url));
  }

  get headers(): HttpHeaders {
    return this.#response.headers.clone().freeze();
  }

  get source(): HttpResponse['source'] {
    return this.#response.source;
  }

  async bytes(): Promise<Bytes> {
    return ownBytes((await this.#collect()).slice());
  }

  async text(): Promise<string> {
    return decodeUtf8(await this.#collect());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  withHeader(name: string, value: string): PassedResponse {
    return this.#with({ headers: this.#response.headers.clone().set(name, value) });
  }

  withoutHeader(name: string): PassedResponse {
    const headers = this.#response.headers.clone();
    headers.delete(name);
    return this.#with({ headers });
  }

  withStatus(status: number, reason = ''): PassedResponse {
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw new TypeError(`interceptor: ${status} is no final status`);
    return this.#with({ status, reason });
  }

  withBody(content: string | Uint8Array): PassedResponse {
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content.slice();
    const headers = this.#response.headers.clone().set('content-length', String(bytes.length));
    const body = new SharedBody(bytesBody(bytes));
    const response = { ...this.#response, headers, endsWithConnection: false, mayBeCutOff: false };
    return new PassedResponse(response, body, this.#limit);
  }

  toJSON(): object {
    const { status, reason, headers } = this.#response;
    return { status, reason, url: this.url, headers: shownFields(headers) };
  }

  /** @internal */
  [INSPECT](depth: number, options: object, inspect?: never): unknown {
    return inspection(this, depth, options, inspect);
  }

  #collect(): Promise<Bytes> {
    const limit = this.#limit;
    const { url, status } = this;
    const tooLarge = (): NetworkError =>
      new NetworkError(
        'unknown-content',
        `the body of ${url} has more than the ${limit} bytes that an interceptor may collect (maximumBodySize)`,
        { url, status },
      );
    return this.#body.collect(limit, tooLarge);
  }

  #with(changes: Partial<HttpResponse>): PassedResponse {
    return new PassedResponse({ ...this.#response, ...changes }, this.#body, this.#limit);
  }
}
