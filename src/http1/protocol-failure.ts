import { NetworkError } from '../error.ts';

/** The server broke RFC 9112: nothing on this connection can be trusted any more. */
export function protocolFailure(reason: string): NetworkError {
  return new NetworkError('protocol-failure', `HTTP/1.1 response refused: ${reason}`);
}
