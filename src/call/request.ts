import type { RequestBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { OwnOptions, RequestOptions } from '../options/options.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { TransportParts } from './parts.ts';
import type { RoutePlan } from './route.ts';

/** A request between two stages. A value: a stage that rewrites it passes a copy on. */
export interface HttpRequest {
  /** The verb as it is sent, in upper case where HTTP knows it. */
  readonly method: string;
  /** Where it goes now: a redirect is a request of its own. */
  readonly url: ParsedUrl;
  /** The fields that are to be sent, those of earlier stages included. */
  readonly headers: HttpHeaders;
  /** What is sent behind them; null for none. */
  readonly body: RequestBody | null;
  /** The request's own options over what its manager says for all. */
  readonly options: RequestOptions;
  /** The options that the request has set itself, as plain data. */
  readonly own: OwnOptions;
  /** For the transport alone; absent where its manager has set none of them. */
  readonly parts?: TransportParts;
  /** The ways to its origin, once they were chosen. Without it: the transport's own. */
  readonly plan?: RoutePlan;
}

/** The same request with other fields. */
export function withHeaders(
  { method, url, body, options, own }: HttpRequest,
  headers: HttpHeaders,
): HttpRequest {
  return { method, url, headers, body, options, own };
}
