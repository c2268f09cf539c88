import { httpStages } from '../../src/pipeline/http.ts';
import type { Platform } from '../../src/platform.ts';
import { NodeHttpTransport } from './http-module-transport/node-http-transport.ts';

export const nodePlatform: Platform = {
  defaults: { userAgent: 'fairlead/0.1.0' },
  createTransport: () => new NodeHttpTransport(),
  httpStages,
  schemes: new Map(),
  baseUrl: () => undefined,
};
