import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import type { NetworkClient } from '../../src/network-client.ts';
import { describeBodies } from './client/bodies.ts';
import { describeFetch } from './client/fetch.ts';
import { describeRequests } from './client/requests.ts';
import { describeRules } from './client/rules.ts';
import { describeSignals } from './client/signals.ts';

/**
 * The contract of `NetworkClient`, for a manager and for whatever stands for one: what requests do, as an application sees
 * it. Every test asks a scripted server by URL, so the manager may live anywhere.
 */
export interface ClientSetup {
  /**
   * A client, whose manager has a cookie jar and a MemoryCache of its own, lets `redirected` be answered and shows all
   * fields.
   */
  connect(): Promise<{ readonly client: NetworkClient; end(): Promise<void> }>;
  /** Where the scripted server is; a port on the loopback interface. */
  origin(): string;
  /** What the transport of that manager can do. A test of what it cannot is skipped. */
  readonly capabilities: TransportCapabilities;
  /** What the platform under it is known to fail at, beside that. */
  readonly limits?: readonly ClientLimit[];
}

/** `reads ahead`: it reads on, tens of megabytes, for a reader that has stopped. */
export type ClientLimit = 'reads ahead';

export function testClient(name: string, setup: ClientSetup): void {
  for (const part of [describeRequests, describeBodies, describeSignals, describeRules, describeFetch])
    part(name, setup);
}
