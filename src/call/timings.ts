/**
 * When each phase of the (last) call was reached, epoch milliseconds by the call's clock, in
 * order even when the clock on the wall is set meanwhile; 0 = not reached or not
 * known on this platform. On a reused connection the three connection phases stay 0.
 */
export interface Timings {
  /** The request was made. */
  created: number;
  /** It began to wait for a slot, the last time; 0 when one was free. */
  queued: number;
  /** It got its slot in the queue. */
  dequeued: number;
  /** The addresses of the host were known. */
  lookupEnd: number;
  /** TCP has connected. */
  connectEnd: number;
  /** The proxy has opened the way to the origin; 0 without one, and where each request names its URL to the proxy. */
  proxyConnectEnd: number;
  /** The TLS handshake was done; 0 in cleartext. */
  secureConnectEnd: number;
  /** The last byte of the request was handed to the platform. */
  requestSent: number;
  /** The first byte of the response head arrived. */
  responseStart: number;
  /** The body ended. */
  responseEnd: number;
}
