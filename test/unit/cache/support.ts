import { selectingFields } from '../../../src/cache/rules/vary.ts';
import {
  METADATA_VERSION,
  type ResponseMetadata,
  type StoredResponse,
} from '../../../src/cache/storage/metadata.ts';
import { type HeadersInput, HttpHeaders } from '../../../src/message/headers.ts';

/** The instant at which the stored responses of these tests arrived. */
export const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

/** An HTTP-date so many seconds from {@link NOW}. */
export const date = (seconds: number): string => new Date(NOW + seconds * 1000).toUTCString();

export interface StoredInit {
  readonly headers?: HeadersInput;
  readonly request?: HeadersInput;
  readonly length?: number;
  readonly metadata?: Partial<ResponseMetadata>;
}

/** A response as a cache would have stored it at {@link NOW}. */
export function stored({
  headers = {},
  request = {},
  length = 10,
  metadata = {},
}: StoredInit = {}): StoredResponse {
  const response = new HttpHeaders(headers);
  return {
    length,
    metadata: {
      version: METADATA_VERSION,
      url: 'https://a.test/',
      status: 200,
      reason: 'OK',
      httpVersion: '1.1',
      headers: [...response.pairs],
      selecting: selectingFields(response, new HttpHeaders(request), metadata.fidelity ?? 'exact') ?? [],
      credentials: '',
      requestTime: NOW,
      responseTime: NOW,
      encrypted: true,
      part: null,
      fidelity: 'exact',
      ...metadata,
    },
  };
}
