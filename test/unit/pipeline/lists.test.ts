import { describe, expect, test } from 'vitest';
import { browserFetchCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { socketCapabilities } from '../../../platform/node/http/socket-capabilities.ts';
import type { RequestOptions } from '../../../src/options.ts';
import { compose } from '../../../src/pipeline/compose.ts';
import { fetchStages } from '../../../src/pipeline/fetch.ts';
import { httpStages } from '../../../src/pipeline/http.ts';
import type { HttpParts } from '../../../src/pipeline/http-parts.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import type { TransportCapabilities } from '../../../src/transport/capabilities.ts';
import { FakeClock, makeExchange, makeRequest, makeResponse } from '../../support/fixtures.ts';

function parts(capabilities: TransportCapabilities): HttpParts {
  return {
    options: DEFAULT_OPTIONS,
    defaults: DEFAULT_OPTIONS,
    capabilities,
    queue: new RequestQueue(),
    clock: new FakeClock(),
  };
}

describe('the list of a transport that', () => {
  const decoders = { encodings: [], decode: () => Promise.reject(new Error('not asked')) };
  test.each<[string, Partial<TransportCapabilities>, string[]]>([
    ['hides nothing', {}, ['requirements', 'redirect', 'cookies', 'headers', 'decoding', 'queue', 'timeout']],
    [
      'decodes',
      { encodedBodies: false },
      ['requirements', 'redirect', 'cookies', 'headers', 'queue', 'timeout'],
    ],
    [
      'keeps cookies',
      { cookies: false },
      ['requirements', 'redirect', 'headers', 'decoding', 'queue', 'timeout'],
    ],
    [
      'redirects',
      { redirects: false },
      ['requirements', 'platform-redirect', 'cookies', 'headers', 'decoding', 'queue', 'timeout'],
    ],
  ])('%s leaves that to it', (_name, hidden, names) => {
    const stages = httpStages(parts({ ...socketCapabilities, ...hidden }), decoders as never);
    expect(stages.map(({ name }) => name)).toEqual(names);
  });
});

describe('the list of a page', () => {
  const run = (options: Partial<RequestOptions>, headers = {}) => {
    const { exchange } = makeExchange();
    const handle = compose(fetchStages(parts(browserFetchCapabilities)), async () => {
      expect(exchange.idle === null).toBe(!options.transferTimeout);
      return makeResponse();
    });
    return handle(makeRequest({ options, headers }), exchange);
  };

  test.each<[string, Partial<RequestOptions>, object, string]>([
    ['an option', { redirectPolicy: 'manual' }, {}, 'redirects'],
    ['a field', {}, { Cookie: 'a=b' }, 'forbiddenFields'],
  ])('refuses %s that fetch cannot honour', async (_name, options, headers, capability) => {
    await expect(run(options, headers)).rejects.toMatchObject({ capability });
  });

  test.each<[string, Partial<RequestOptions>]>([
    ['nothing', {}],
    ['what fetch has', { useCredentials: true }],
    ['a timeout', { transferTimeout: 1000 }],
  ])('passes a request that asks for %s', async (_name, options) => {
    expect((await run(options)).status).toBe(200);
  });
});
