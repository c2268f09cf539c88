import type { HttpRequest } from '../../../src/call/request.ts';
import { NetworkError } from '../../../src/error.ts';
import { writeRequestHead } from '../../../src/http1/head-writer.ts';
import { requestFraming } from '../../../src/http1/request-framing.ts';
import { bodyLength } from '../body-length.ts';

/** A request head as it goes over the wire. */
export interface RequestHead {
  /** Latin-1. */
  readonly text: string;
  /** Bytes of the body behind it, null when it is chunked. */
  readonly bodyLength: number | null;
}

/** @throws NetworkError protocol-invalid-operation when the request cannot be written as it stands */
export function requestHead(request: HttpRequest): RequestHead {
  const { method, url, headers } = request;
  try {
    const length = bodyLength(request);
    // Host first (RFC 9112 §3.2).
    const pairs = headers.has('host') ? headers.pairs : ['host', url.authority, ...headers.pairs];
    // Only URLs of http and https have a path in any case.
    const target = url.target.startsWith('/') ? url.target : `/${url.target}`;
    return {
      text: writeRequestHead(method, target, pairs, requestFraming(method, length)),
      bodyLength: length,
    };
  } catch (error) {
    if (error instanceof NetworkError) throw error;
    throw new NetworkError('protocol-invalid-operation', (error as TypeError).message, { url: url.href });
  }
}
