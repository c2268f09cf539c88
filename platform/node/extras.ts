/** What only Node has: `fairlead/node`. */

export type { Download, DownloadSettings } from '../../src/download/download.ts';
export type { DownloadOutcome } from '../../src/download/target.ts';
export { publicAddressesOnly } from '../../src/options/address-filter.ts';
export { cacheDirectory } from './cache-directory.ts';
export type { DiagnosticsMessages, TracedRequest } from './diagnostics-messages.ts';
export type { DownloadOptions } from './download/download.ts';
export { download } from './download/download.ts';
export type { DiskCacheOptions } from './files/disk-cache.ts';
export { DiskCache } from './files/disk-cache.ts';
export type { FileBodyOptions } from './files/file-body.ts';
export { fileBody } from './files/file-body.ts';
export type { FileStoreOptions } from './files/file-store.ts';
export { FileStore } from './files/file-store.ts';
export type { SocketTransportOptions } from './http/socket-transport.ts';
export { SocketTransport } from './http/socket-transport.ts';
export type { NodeHttpTransportOptions } from './http-module-transport/node-http-transport.ts';
export { NodeHttpTransport } from './http-module-transport/node-http-transport.ts';
export { pacProxies } from './proxy/pac/pac-proxies.ts';
