import type { ResponseBody } from '../message/body.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { ParsedUrl } from '../util/url.ts';

/** A response head between two stages, with the body behind it, which has not been started. */
export interface HttpResponse {
  /** Whose answer it is: the last one, after redirects. */
  readonly url: ParsedUrl;
  /** 0 for schemes without a status (`data:`). */
  readonly status: number;
  /** The words behind the status; empty over HTTP/2. */
  readonly reason: string;
  /** `'1.0' | '1.1' | '2'`, or empty where it is not known. */
  readonly httpVersion: string;
  /** All fields in the order in which they came. */
  readonly headers: HttpHeaders;
  /** The bytes, which flow when it is started. */
  readonly body: ResponseBody;
  /** What TLS has agreed on for the connection that the bytes came over; null in cleartext. */
  readonly security: ConnectionSecurity | null;
  /** Where the response came from: Qt's SourceIsFromCache, told more finely. */
  readonly source: 'network' | 'cache' | 'revalidated';
  /**
   * Nothing but the end of its connection ends the body, so that it cannot be told whether it is whole (RFC 9112 §8). Absent
   * where HTTP says how long it is.
   */
  readonly endsWithConnection?: boolean;
  /** The platform passes a body that was cut off for a complete one, and nothing else tells the length of this one. */
  readonly mayBeCutOff?: boolean;
  /** Content-Length as it was on the wire, when decoding took it away from the headers. */
  readonly originalContentLength?: number;
  /**
   * Bytes of the body, −1 when that is not known, where the Content-Length among the fields may be that of a coded one. Absent
   * where it is not.
   */
  readonly bodyLength?: number;
  /** Redirects that the platform followed without showing them. */
  readonly redirectedByPlatform?: boolean;
  /**
   * What the platform left of the message: everything (`exact`, the default), the body `decoded`, or that and only the
   * fields which a page may see of another origin (`filtered`, a CORS response).
   */
  readonly fidelity?: 'exact' | 'decoded' | 'filtered';
  /** The `Cache-Status` member of our cache (RFC 9211), when a cache is set. */
  readonly cacheStatus?: string;
}
