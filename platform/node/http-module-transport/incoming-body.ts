import type { IncomingMessage } from 'node:http';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import { ReadableBody, type ReadableBodyOwner } from '../../common/readable-body.ts';
import { receivedHeaders } from './received-headers.ts';
import { checkTrailers } from './response-check.ts';

/** The body of an IncomingMessage, with its trailers. */
export class IncomingBody extends ReadableBody {
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage, owner: ReadableBodyOwner) {
    super(message, owner);
    this.#message = message;
  }

  /** @throws NetworkError protocol-failure */
  protected override trailers(): HttpHeaders | null {
    const { rawTrailers } = this.#message;
    return rawTrailers.length === 0 ? null : checkTrailers(receivedHeaders(rawTrailers));
  }
}
