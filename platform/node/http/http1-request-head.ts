import type { HttpRequest } from '../../../src/call/request.ts';
import type { ProxyServer } from '../../../src/call/route.ts';
import { NetworkError } from '../../../src/error.ts';
import { writeRequestHead } from '../../../src/http1/head-writer.ts';
import { requestFraming } from '../../../src/http1/request-framing.ts';
import { proxyFields } from '../../../src/proxy/proxy-fields.ts';
import { bodyLength } from '../body-length.ts';

/** A request head as it goes over the wire. */
export interface RequestHead {
  /** Latin-1. */
  readonly text: string;
  /** Bytes of the body behind it, null when it is chunked. */
  readonly bodyLength: number | null;
}

/**
 * @param forwarder the proxy that it is written for: it is given the whole URL (RFC 9112 §3.2.2), and its credentials
 * @throws NetworkError protocol-invalid-operation when the request cannot be written as it stands
 */
export function requestHead(request: HttpRequest, forwarder: ProxyServer | null = null): RequestHead {
  const { method, url, headers } = request;
  try {
    const length = bodyLength(request);
    // Host first (RFC 9112 §3.2).
    const own = headers.has('host') ? headers.pairs : ['host', url.authority, ...headers.pairs];
    const pairs =
      forwarder === null
        ? own
        : [...own, ...proxyFields(forwarder, request.plan?.authorizationFor(forwarder))];
    // Only URLs of http and https have a path in any case.
    const path = url.target.startsWith('/') ? url.target : `/${url.target}`;
    const target = forwarder === null ? path : url.origin + path;
    return {
      text: writeRequestHead(method, target, pairs, requestFraming(method, length)),
      bodyLength: length,
    };
  } catch (error) {
    if (error instanceof NetworkError) throw error;
    throw new NetworkError('protocol-invalid-operation', (error as TypeError).message, { url: url.href });
  }
}
