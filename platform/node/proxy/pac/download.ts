import type { ManagerOptions } from '../../../../src/call/parts.ts';
import type { NetworkClient } from '../../../../src/network-client.ts';

/** Bytes and milliseconds that a PAC file may take; bytes as in Chromium. */
const MOST_BYTES = 1024 * 1024;
const LONGEST_DOWNLOAD = 10_000;

/** Makes a manager of this platform: what chooses proxies is a part of every manager, and cannot import what it is a part of. */
export type CreateClient = (options: ManagerOptions) => NetworkClient;

/** Gets texts of PAC files: never through a proxy, and with nothing that a manager of the application knows or sends. */
export function downloadsWith(create: CreateClient): (url: string, signal: AbortSignal) => Promise<string> {
  return async (url, signal) => {
    const client = create({
      proxy: 'none',
      maximumBodySize: MOST_BYTES,
      timeouts: { total: LONGEST_DOWNLOAD },
    });
    try {
      return await client.get({ url, signal }).text();
    } finally {
      await client.close();
    }
  };
}
