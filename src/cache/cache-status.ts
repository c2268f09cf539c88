/** Why a request was forwarded (RFC 9211 §2.2). */
export type ForwardReason = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'request' | 'stale' | 'partial';

/** What our cache did with a request. Either a hit or forwarded. */
export interface CacheStatus {
  readonly forward: ForwardReason | null;
  /** Status of the answer, when it was forwarded and the answer is not what is delivered. */
  readonly forwardStatus?: number;
  /** Seconds for which the response stays fresh, negative when stale. */
  readonly ttl?: number;
  readonly stored?: boolean;
  /** Waited for an equal request instead of going to the network. */
  readonly collapsed?: boolean;
  readonly detail?: string;
}

/** Our member of the Cache-Status field (RFC 9211 §2). */
export function serializeCacheStatus(status: CacheStatus): string {
  let text = status.forward === null ? 'fairlead; hit' : `fairlead; fwd=${status.forward}`;
  if (status.forwardStatus !== undefined) text += `; fwd-status=${status.forwardStatus}`;
  if (status.ttl !== undefined) text += `; ttl=${status.ttl}`;
  if (status.stored === true) text += '; stored';
  if (status.collapsed === true) text += '; collapsed';
  if (status.detail !== undefined) text += `; detail=${status.detail}`;
  return text;
}
