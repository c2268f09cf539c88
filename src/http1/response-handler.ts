import type { HttpHeaders } from '../message/headers.ts';
import type { ResponseFraming } from './response-framing.ts';
import type { StatusLine } from './status-line.ts';

export interface ParsedHead extends StatusLine {
  readonly headers: HttpHeaders;
}

/** What a {@link ResponseParser} finds, in the order of the calls. A callback must not throw and must not call `execute`. */
export interface ResponseHandler {
  /** A 1xx other than 101: any number before the final head, within the limits. */
  onInformational(head: ParsedHead): void;
  onHead(head: ParsedHead, framing: ResponseFraming): void;
  /** Content without its framing; never empty. The bytes are a view of what was fed: copy what must outlive the call. */
  onData(bytes: Uint8Array): void;
  /**
   * The message is complete. With `reusable` the next request may be sent, even from inside this call. Not called for a
   * tunnel, nor when `execute` or `finish` throws.
   */
  onEnd(trailers: HttpHeaders | null, reusable: boolean): void;
}
