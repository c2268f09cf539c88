import type { Call } from '../call/call.ts';
import { drain } from '../call/drain.ts';
import type { HttpResponse } from '../call/response.ts';
import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import { bytesBody } from '../message/bytes-body.ts';
import { COLLECTED_LIMIT, collectResponse } from '../message/collect-response.ts';
import type { HttpHeaders } from '../message/headers.ts';
import { observeBody } from '../message/observe-body.ts';
import type { InterceptedResponse } from '../options/interceptor.ts';
import type { RequestOptions } from '../options/options.ts';
import { type Bytes, decodeUtf8, encodeUtf8, ownBytes } from '../util/bytes.ts';
import { INSPECT, inspection } from '../util/inspection.ts';
import { withoutFragment } from '../util/url.ts';

const NOT_WATCHING = { done: () => {} };

/** One body, behind however many copies of its response. */
class SharedBody {
  readonly #stream: ResponseBody;
  #collected: Promise<Bytes> | null = null;
  #bytes: Bytes | null = null;

  constructor(stream: ResponseBody) {
    this.#stream = stream;
  }

  /** What is passed on: the bytes that were collected, or the body as it comes. */
  get rest(): ResponseBody {
    return this.#bytes === null ? this.#stream : bytesBody(this.#bytes);
  }

  async collect(limit: number, tooLarge: () => NetworkError): Promise<Bytes> {
    this.#collected ??= collectResponse(this.#stream, limit, tooLarge);
    this.#bytes = await this.#collected;
    return this.#bytes;
  }

  /** Nobody wants it any more. What was begun to be read is cancelled: it has one reader. */
  drop(call: Call): Promise<void> {
    if (this.#collected === null) return drain(this.#stream, call);
    this.#collected.catch(() => {});
    this.#stream.cancel(
      new NetworkError('operation-canceled', 'an interceptor has put another answer in its place'),
    );
    return Promise.resolve();
  }

  cancel(reason: NetworkError): void {
    this.#collected?.catch(() => {});
    this.#stream.cancel(reason);
  }
}

/** A response of the pipeline as an interceptor sees it. */
export class PassedResponse implements InterceptedResponse {
  readonly #response: HttpResponse;
  readonly #body: SharedBody;
  readonly #limit: number;
  readonly #isChanged: boolean;

  private constructor(response: HttpResponse, body: SharedBody, limit: number, isChanged: boolean) {
    this.#response = response;
    this.#body = body;
    this.#limit = limit;
    this.#isChanged = isChanged;
  }

  /** @internal @param options of the request */
  static of(response: HttpResponse, { maximumBodySize, secretHeaders }: RequestOptions): PassedResponse {
    const shown = { ...response, headers: response.headers.hiding(secretHeaders) };
    return new PassedResponse(
      shown,
      new SharedBody(response.body),
      maximumBodySize ?? COLLECTED_LIMIT,
      false,
    );
  }

  /** @internal The response behind it, or null for what is none. */
  static behind(value: unknown): PassedResponse | null {
    return typeof value === 'object' && value !== null && #body in value ? value : null;
  }

  /** @internal What goes on. A Response of the platform's own shows nothing of what was changed, so it does not stand for it. */
  get response(): HttpResponse {
    const body = this.#body.rest;
    return { ...this.#response, body: this.#isChanged ? observeBody(body, NOT_WATCHING) : body };
  }

  /** @internal The other one is this one, or a copy of it with the same body. */
  sharesBodyWith(other: PassedResponse): boolean {
    return this.#body === other.#body;
  }

  /** @internal The response goes nowhere, and the call goes on. */
  drop(call: Call): Promise<void> {
    return this.#body.drop(call);
  }

  /** @internal The call has failed. */
  cancel(reason: NetworkError): void {
    this.#body.cancel(reason);
  }

  get status(): number {
    return this.#response.status;
  }

  get reason(): string {
    return this.#response.reason;
  }

  get url(): string {
    return withoutFragment(this.#response.url);
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
    return this.#with({ headers: this.#response.headers.with(name, value) });
  }

  withoutHeader(name: string): PassedResponse {
    return this.#with({ headers: this.#response.headers.without(name) });
  }

  withStatus(status: number, reason = ''): PassedResponse {
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw new TypeError(`interceptor: ${status} is no final status`);
    return this.#with({ status, reason });
  }

  withBody(content: string | Uint8Array): PassedResponse {
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content.slice();
    const headers = this.#response.headers.with('content-length', String(bytes.length));
    const body = new SharedBody(bytesBody(bytes));
    const whole = { bodyLength: bytes.length, endsWithConnection: false, mayBeCutOff: false };
    const response = { ...this.#response, headers, ...whole };
    return new PassedResponse(response, body, this.#limit, true);
  }

  toJSON(): object {
    const { status, reason, headers } = this.#response;
    return { status, reason, url: this.url, headers: headers.toJSON() };
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
    return new PassedResponse({ ...this.#response, ...changes }, this.#body, this.#limit, true);
  }
}
