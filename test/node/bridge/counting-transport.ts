import type { TransportCapabilities } from '../../../src/call/capabilities.ts';
import type { Transport } from '../../../src/call/transport.ts';
import { EMPTY_BODY } from '../../../src/message/body.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';

const CAPABILITIES: TransportCapabilities = {
  name: 'that counts',
  pageOrigin: null,
  forbiddenFields: [],
  requestStreams: 'always',
  preconnect: 'none',
  redirects: true,
  cookies: true,
  encodedBodies: true,
  authentication: true,
  strictTransportSecurity: true,
};

/**
 * A transport that reaches nobody, and tells where it was to go.
 * @param answered when it answers; at once unless said otherwise
 */
export function countingTransport(
  told: (url: URL, method: string) => void,
  answered?: () => Promise<unknown>,
): Transport {
  return {
    capabilities: CAPABILITIES,
    async send({ url, method }) {
      told(new URL(url.href), method);
      await answered?.();
      return { status: 200, url, headers: new HttpHeaders(), body: EMPTY_BODY } as never;
    },
    async close() {},
  };
}
