import { describe, expect, test } from 'vitest';
import { socketCapabilities } from '../../../platform/node/http/socket-capabilities.ts';
import { httpStages } from '../../../src/pipeline/http.ts';
import type { HttpParts } from '../../../src/pipeline/http-parts.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import type { TransportCapabilities } from '../../../src/transport/capabilities.ts';

function parts(capabilities: TransportCapabilities): HttpParts {
  return {
    options: DEFAULT_OPTIONS,
    defaults: DEFAULT_OPTIONS,
    transport: { capabilities, send: () => Promise.reject(new Error('not asked')), close: async () => {} },
    schemes: new Map(),
  };
}

describe('the list of a transport that', () => {
  const decoders = { encodings: [], decode: () => Promise.reject(new Error('not asked')) };
  test.each<[string, Partial<TransportCapabilities>, string[]]>([
    [
      'hides nothing',
      {},
      [
        'requirements',
        'redirect',
        'cookies',
        'headers',
        'decoding',
        'cache',
        'cookies-note',
        'queue',
        'timeout',
      ],
    ],
    [
      'decodes',
      { encodedBodies: false },
      ['requirements', 'redirect', 'cookies', 'headers', 'cache', 'cookies-note', 'queue', 'timeout'],
    ],
    [
      'keeps cookies',
      { cookies: false },
      ['requirements', 'redirect', 'headers', 'decoding', 'cache', 'queue', 'timeout'],
    ],
    [
      'redirects',
      { redirects: false },
      [
        'requirements',
        'platform-redirect',
        'cookies',
        'headers',
        'decoding',
        'cache',
        'cookies-note',
        'queue',
        'timeout',
      ],
    ],
    [
      'has a cache of its own',
      { platformCache: true },
      ['requirements', 'redirect', 'cookies', 'headers', 'decoding', 'cookies-note', 'queue', 'timeout'],
    ],
  ])('%s leaves that to it', (_name, hidden, names) => {
    const stages = httpStages(
      parts({ ...socketCapabilities, ...hidden }),
      new RequestQueue(),
      decoders as never,
    );
    expect(stages.map(({ name }) => name)).toEqual(names);
  });
});
