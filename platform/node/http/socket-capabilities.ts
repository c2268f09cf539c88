import type { TransportCapabilities } from '../../../src/call/capabilities.ts';
import { nodeHttpCapabilities } from '../http-module-transport/capabilities.ts';

export const socketCapabilities: TransportCapabilities = {
  ...nodeHttpCapabilities,
  name: 'node',
  preconnect: 'connection',
  http2: true,
  localSockets: true,
  addresses: true,
  leases: true,
  proxy: true,
};
