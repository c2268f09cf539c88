import type { TransportCapabilities } from '../../../src/call/capabilities.ts';

export const nodeHttpCapabilities: TransportCapabilities = {
  name: 'node:http',
  redirects: true,
  connections: true,
  pageOrigin: null,
  cookies: true,
  setCookieLines: true,
  forbiddenFields: [],
  encodedBodies: true,
  requestStreams: 'always',
  uploadProgress: true,
  informational: true,
  trailers: true,
  cutBodies: true,
  errorDetail: true,
  tls: true,
  authentication: true,
  strictTransportSecurity: true,
  // An agent opens connections for requests only.
  preconnect: 'none',
  connectionTimings: true,
};

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
