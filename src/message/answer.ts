import type { NetworkError } from '../error.ts';
import type { HeadersInput } from './headers.ts';

/** A prepared answer: an error, or a status with fields and a body. */
export interface Answer {
  /** The HTTP status, 200 to 599. @default 200 */
  readonly status?: number;
  /** The words behind the status, as `Not Found`. @default '' */
  readonly reason?: string;
  /** Response fields; Content-Length is added when there is a body and it is not given. */
  readonly headers?: HeadersInput;
  /** Text is sent as UTF-8. */
  readonly body?: string | Uint8Array;
  /** Fails the reply instead; nothing else is looked at. */
  readonly error?: NetworkError;
}
