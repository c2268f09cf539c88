import { type NetworkErrorJson, publicUrl } from '../error.ts';
import type { NetworkReply } from './reply.ts';

/** What `console.log` and `JSON.stringify` show of a reply. */
export interface ReplyView {
  readonly method: string;
  readonly url: string;
  /** Where the request has got to: what has arrived of the answer is below. */
  readonly state: 'running' | 'finished';
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly source: NetworkReply['source'];
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The redirects on the way, as `STATUS URL`. */
  readonly hops: readonly string[];
  readonly bytesAvailable: number;
  readonly error: Pick<NetworkErrorJson, 'code' | 'message'> | null;
}

/** A reply in short: no body, no secret. */
export function viewOfReply(reply: NetworkReply, status: number): ReplyView {
  const { request, error } = reply;
  return {
    method: request.method,
    url: publicUrl(reply.url),
    state: reply.isFinished ? 'finished' : 'running',
    status,
    reason: reply.reason,
    httpVersion: reply.httpVersion,
    source: reply.source,
    headers: reply.headers.toJSON(),
    hops: reply.hops.map(({ status, url }) => `${status} ${publicUrl(url)}`),
    bytesAvailable: reply.bytesAvailable,
    error: error === null ? null : { code: error.code, message: error.message },
  };
}
