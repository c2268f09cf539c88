import type { HttpRequest } from '../call/request.ts';
import { isToken } from '../message/field-lexer.ts';
import type { HttpHeaders } from '../message/headers.ts';
import { type BodyInput, toRequestBody } from '../message/request-body.ts';
import type { InterceptedRequest } from '../options/interceptor.ts';
import { INSPECT, inspection } from '../util/inspection.ts';
import { parseUrl, withoutFragment } from '../util/url.ts';

/** A request of the pipeline as an interceptor sees it. */
export class PassedRequest implements InterceptedRequest {
  readonly #request: HttpRequest;

  private constructor(request: HttpRequest) {
    this.#request = request;
  }

  /** @internal */
  static of(request: HttpRequest): PassedRequest {
    return new PassedRequest({ ...request, headers: request.headers.hiding(request.options.secretHeaders) });
  }

  /** @internal The request behind it, or null for what is none. */
  static behind(value: unknown): HttpRequest | null {
    return typeof value === 'object' && value !== null && #request in value ? value.#request : null;
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return withoutFragment(this.#request.url);
  }

  get headers(): HttpHeaders {
    return this.#request.headers.clone().freeze();
  }

  get bodyLength(): number | null {
    const { body } = this.#request;
    return body === null ? 0 : body.length;
  }

  get replayable(): boolean {
    return this.#request.body?.replayable ?? true;
  }

  withHeader(name: string, value: string): PassedRequest {
    return this.#with({ headers: this.#request.headers.with(name, value) });
  }

  withoutHeader(name: string): PassedRequest {
    return this.#with({ headers: this.#request.headers.without(name) });
  }

  withMethod(method: string): PassedRequest {
    if (!isToken(method) || method.toUpperCase() === 'CONNECT')
      throw new TypeError(`interceptor: ${JSON.stringify(method)} is no method`);
    return this.#with({ method });
  }

  withUrl(url: string | URL): PassedRequest {
    const { href, origin, username, password } = this.#request.url;
    const parsed = parseUrl(url, href);
    // What the URL of the request knows beside its text is for its origin.
    const isSilent = parsed.origin === origin && parsed.username === '' && parsed.password === '';
    const whole = Object.assign(new URL(parsed.href), { username, password });
    return this.#with({ url: isSilent && username + password !== '' ? parseUrl(whole) : parsed });
  }

  withBody(input: BodyInput | null): PassedRequest {
    const body = input === null ? null : toRequestBody(input);
    const given = this.#request.headers;
    const headers = given.without('content-length');
    const isTold = headers !== given && body !== null && body.length !== null;
    return this.#with({
      body,
      headers: isTold ? headers.with('content-length', String(body.length)) : headers,
    });
  }

  toJSON(): object {
    const { method, url, headers } = this.#request;
    return { method, url: url.href, headers: headers.toJSON() };
  }

  /** @internal */
  [INSPECT](depth: number, options: object, inspect?: never): unknown {
    return inspection(this, depth, options, inspect);
  }

  #with(changes: Partial<HttpRequest>): PassedRequest {
    return new PassedRequest({ ...this.#request, ...changes });
  }
}
