import { describe, expect, test } from 'vitest';
import { fetchRules } from '../../../platform/common/fetch-rules.ts';
import { browserFetchCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { socketCapabilities } from '../../../platform/node/http/socket-capabilities.ts';
import { nodePlatform } from '../../../platform/node/platform.ts';
import type { TransportCapabilities } from '../../../src/call/capabilities.ts';
import { type HttpParts, httpStages } from '../../../src/pipeline/list.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';

function parts(capabilities: TransportCapabilities): HttpParts {
  return {
    options: DEFAULT_OPTIONS,
    defaults: DEFAULT_OPTIONS,
    transport: { capabilities, send: () => Promise.reject(new Error('not asked')), close: async () => {} },
    schemes: new Map(),
  };
}

describe('the list of a transport that', () => {
  test.each<[string, Partial<TransportCapabilities>, string[]]>([
    [
      'hides nothing',
      {},
      [
        'requirements',
        'redirect',
        'cookies',
        'headers',
        'fetch-fields',
        'decoding',
        'cache',
        'cookies-store',
        'queue',
        'timeout',
      ],
    ],
    [
      'decodes',
      { encodedBodies: false },
      [
        'requirements',
        'redirect',
        'cookies',
        'headers',
        'fetch-fields',
        'cache',
        'cookies-store',
        'queue',
        'timeout',
      ],
    ],
    [
      'keeps cookies',
      { cookies: false },
      ['requirements', 'redirect', 'headers', 'fetch-fields', 'decoding', 'cache', 'queue', 'timeout'],
    ],
    [
      'redirects',
      { redirects: false },
      [
        'requirements',
        'platform-redirect',
        'cookies',
        'headers',
        'fetch-fields',
        'decoding',
        'cache',
        'cookies-store',
        'queue',
        'timeout',
      ],
    ],
    [
      'has a cache of its own',
      { platformCache: true },
      [
        'requirements',
        'redirect',
        'cookies',
        'headers',
        'fetch-fields',
        'decoding',
        'cookies-store',
        'queue',
        'timeout',
      ],
    ],
  ])('%s leaves that to it', (_name, hidden, names) => {
    const stages = httpStages(
      parts({ ...socketCapabilities, ...hidden }),
      nodePlatform.rules,
      new RequestQueue(),
    );
    expect(stages.map(({ name }) => name)).toEqual(names);
  });
});

test('the list of a page has what no platform keeps to itself', () => {
  const stages = httpStages(parts(browserFetchCapabilities), fetchRules, new RequestQueue());
  expect(stages.map(({ name }) => name)).toEqual([
    'requirements',
    'platform-redirect',
    'headers',
    'queue',
    'timeout',
  ]);
});
