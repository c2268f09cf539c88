import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { CertificateAuthority, type Identity } from './certificate.ts';
import type { Cleanup } from './listening.ts';
import { startServer, type TestServer } from './server.ts';

export interface Origins {
  /** Options that trust `identity`. */
  readonly tls: { readonly ca: string };
  readonly identity: Identity;
  /** One server in cleartext and one that speaks TLS, with HTTP/2. */
  readonly startBoth: () => Promise<[http: TestServer, https: TestServer]>;
  readonly managerWith: (options: ManagerOptions) => NetworkAccessManager;
}

/** Origins with and without TLS, and managers that trust them. `cleanup` closes them all. */
export function originsOf(cleanup: Cleanup): Origins {
  const authority = new CertificateAuthority();
  const tls = { ca: authority.certificate };
  const identity = authority.issue();
  return {
    tls,
    identity,
    startBoth: async () => {
      const started = [await startServer(), await startServer({ identity, http2: true })] as const;
      for (const server of started) cleanup.add(() => server.close());
      return [...started];
    },
    managerWith: (options) => {
      const manager = new NetworkAccessManager({ tls, ...options });
      cleanup.add(() => manager.close());
      return manager;
    },
  };
}
