/** Why a request was forwarded (RFC 9211 §2.2). */
export type ForwardReason = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'request' | 'stale' | 'partial';

/** What our cache did with a request: a hit, forwarded, or neither. */
export interface CacheStatus {
  readonly hit?: boolean;
  readonly forward?: ForwardReason;
  /** Status of the answer, when it was forwarded and the answer is not what is delivered. */
  readonly forwardStatus?: number | undefined;
  /** Seconds for which the response stays fresh, negative when stale. */
  readonly ttl?: number;
  readonly stored?: boolean;
  /** Waited for an equal request instead of going to the network. */
  readonly collapsed?: boolean;
  readonly detail?: string;
}

/** Our member of the Cache-Status field (RFC 9211 §2). */
export function serializeCacheStatus(status: CacheStatus): string {
  let text = 'fairlead';
  if (status.hit === true) text += '; hit';
  if (status.forward !== undefined) text += `; fwd=${status.forward}`;
  if (status.forwardStatus !== undefined) text += `; fwd-status=${status.forwardStatus}`;
  if (status.ttl !== undefined) text += `; ttl=${status.ttl}`;
  if (status.stored === true) text += '; stored';
  if (status.collapsed === true) text += '; collapsed';
  if (status.detail !== undefined) text += `; detail=${status.detail}`;
  return text;
}
