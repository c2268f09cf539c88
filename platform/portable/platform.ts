import { blockedPortsStage } from '../../src/headers/fetch-fields.ts';
import type { Platform } from '../../src/platform.ts';
import { dataScheme } from '../../src/schemes/data.ts';
import { parseUrl } from '../../src/util/url.ts';
import { developmentHint, tellEarlyRead } from '../common/development.ts';
import { fetchRules } from '../common/fetch-rules.ts';
import { FetchTransport } from '../common/fetch-transport.ts';
import { portableFetchCapabilities } from '../common/fetch-transport-capabilities.ts';
import { foreignStream } from '../common/foreign-stream.ts';
import { networkFailure } from '../common/network-failure.ts';
import { portableContexts } from './async-context.ts';

/** React Native, unknown or old runtimes. */
export const portablePlatform: Platform = {
  createTransport: () =>
    new FetchTransport(
      async (url, init) => {
        // Loaded with the first request: it brings a polyfill that a runtime with a fetch of its own does not need.
        const { fetch } = await import('cross-fetch');
        // As a function: a native fetch called as a method of anything but the global object is an illegal invocation.
        return fetch(url, init);
      },
      portableFetchCapabilities,
      { toStream: foreignStream, toError: networkFailure },
    ),
  asyncContexts: portableContexts,
  tellEarlyRead,
  optionHint: developmentHint,
  rules: { ...fetchRules, fetch: blockedPortsStage },
  schemes: new Map([['data', dataScheme()]]),
  parseUrl,
};
