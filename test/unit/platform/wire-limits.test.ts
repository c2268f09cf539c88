import { expect, test } from 'vitest';
import { SocketTransport } from '../../../platform/node/http/socket-transport.ts';
import { DEFAULT_WIRE_LIMITS, wireLimits } from '../../../platform/node/http/wire-limits.ts';

test('what is not said, or undefined, is as by default', () => {
  expect(wireLimits({})).toEqual(DEFAULT_WIRE_LIMITS);
  const unset = { idleConnectionTimeout: undefined, http2Streams: undefined };
  expect(wireLimits({ ...unset, responseLimits: { fields: undefined } } as never)).toEqual(
    DEFAULT_WIRE_LIMITS,
  );
});

test('what is said counts', () => {
  const { idleConnectionTimeout, http2Streams, response } = wireLimits({
    idleConnectionTimeout: Number.POSITIVE_INFINITY,
    http2Streams: 1,
    responseLimits: { informationalResponses: 0 },
  });
  expect([idleConnectionTimeout, http2Streams]).toEqual([Number.POSITIVE_INFINITY, 1]);
  expect(response).toEqual({ ...DEFAULT_WIRE_LIMITS.response, informationalResponses: 0 });
});

test.each<[string, object]>([
  ['idleConnectionTimeout', { idleConnectionTimeout: Number.NaN }],
  ['idleConnectionTimeout', { idleConnectionTimeout: -1 }],
  ['http2Streams', { http2Streams: 0 }],
  ['http2Streams', { http2Streams: '100' }],
  ['responseLimits.fields', { responseLimits: { fields: Number.NaN } }],
])('what is no limit is refused by name: %s of %j', (name, options) => {
  expect(() => new SocketTransport(options)).toThrow(`SocketTransport: option '${name}': expected a number`);
});
