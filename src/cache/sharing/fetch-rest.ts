import type { HttpResponse } from '../../call/response.ts';
import { NetworkError } from '../../error.ts';
import type { ResponseBody } from '../../message/body.ts';
import { receivedCoding, sameCoding, storedCoding } from '../rules/content-coding.ts';
import { freshnessOf } from '../rules/freshness.ts';
import { rangeOfBody } from '../rules/range.ts';
import { strongEtag } from '../rules/validators.ts';
import type { ResponseMetadata } from '../storage/metadata.ts';
import { type CacheLookup, withFields, withoutFields } from './cache-lookup.ts';

/** Fields that make a request ask for less than all. */
const CONDITIONS = ['range', 'if-range', 'if-none-match', 'if-modified-since'] as const;

/**
 * Fetches bytes `first` to `last` (null: the last one) of a representation whose beginning was delivered, if the network
 * still has the very same (RFC 9110 §13.1.5). Rejects otherwise.
 */
export async function fetchRest(
  lookup: CacheLookup,
  metadata: ResponseMetadata,
  first: number,
  last: number | null,
): Promise<ResponseBody> {
  const etag = strongEtag(freshnessOf(metadata).headers);
  if (etag === null || metadata.fidelity !== 'exact') throw new Error('it has no strong validator');
  const plain = withoutFields(lookup.request, ...CONDITIONS);
  const fields = ['range', `bytes=${first}-${last ?? ''}`, 'if-range', etag, ...sameCoding(metadata)];
  const request = withFields(plain, fields);
  const response = await lookup.next(request, lookup.reader ?? lookup.call);
  const isSame = receivedCoding(response.headers) === storedCoding(metadata);
  if (isSame && isRange(response, first, last, etag)) return response.body;
  response.body.cancel(new NetworkError('operation-canceled', 'not the rest of the body'));
  throw new Error(`the server answered ${response.status}`);
}

function isRange(
  { status, headers }: HttpResponse,
  first: number,
  last: number | null,
  etag: string,
): boolean {
  const range = rangeOfBody(headers);
  return (
    status === 206 &&
    range?.first === first &&
    range.last === (last ?? range.total - 1) &&
    strongEtag(headers) === etag
  );
}
