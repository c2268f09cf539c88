import {
  type Checks,
  CLOCK,
  checkOptions,
  FUNCTION,
  OBJECT,
  TEXT,
  wholeNumber,
} from '../../src/checks/checker.ts';
import { NetworkError } from '../../src/error.ts';
import type { Manager } from '../../src/manager.ts';
import { systemClock } from '../../src/util/clock.ts';
import { ConnectedClient, type ConnectOptions } from '../bridge/client/connected-client.ts';
import type { ServedPort } from '../bridge/owner/served-port.ts';
import { type BridgePolicyInput, resolvePolicy } from '../bridge/policy/policy.ts';
import { Leader } from './leader.ts';
import { refuseServiceWorker } from './service-worker.ts';
import { Tab } from './tab.ts';

/** Options of {@link connectTabs}. They should be the same in all tabs. */
export interface ConnectTabsOptions extends ConnectOptions {
  /** Tabs of the same name share a manager. @default 'default' */
  readonly name?: string;
  /** What each tab may do with the manager, the leader's own included. @default what a page of the web may do */
  readonly policy?: BridgePolicyInput;
  /** Called for each tab that this one serves when it leads: where `policyViolated` and `closed` are heard. @default nobody */
  readonly served?: (port: ServedPort) => void;
}

const CHECKS: Checks<ConnectTabsOptions> = {
  connectTimeout: wholeNumber(1),
  clock: CLOCK,
  name: TEXT,
  policy: OBJECT,
  served: FUNCTION,
};

/**
 * A client of the one manager that all tabs of an origin share, where there is no SharedWorker: one of the tabs has it, chosen by
 * a Web Lock, and serves the others over a BroadcastChannel. When that tab goes, requests under way end with
 * network-session-failed, and later ones go to the next, whose manager is made then: what is to outlive a tab belongs in stores
 * (`IndexedDbCache`, an opened `CookieJar`).
 *
 *     const client = connectTabs(() => new NetworkAccessManager({ cache: new IndexedDbCache() }));
 *
 * @param makeManager called when this tab begins to lead. The manager is closed when it stops
 * @throws TypeError that names the option when it is unknown or ill-typed; NetworkError protocol-invalid-operation where there are
 *   no Web Locks, which are for secure contexts, and in a service worker, which does not last. Where the browser denies them (a
 *   sandboxed frame, blocked storage) each request ends with that error
 */
export function connectTabs(makeManager: () => Manager, options?: ConnectTabsOptions): TabsClient {
  const checked = checkOptions('connectTabs', options, CHECKS);
  if (typeof makeManager !== 'function')
    throw new TypeError('connectTabs: expected a function that makes a manager');
  const { name = 'default', policy, served, ...ofClient } = checked;
  const { clock = systemClock } = ofClient;
  if (globalThis.navigator?.locks === undefined || typeof BroadcastChannel === 'undefined')
    throw new NetworkError(
      'protocol-invalid-operation',
      'connectTabs: there are no Web Locks here, which are for secure contexts (https, localhost): let each tab make a manager of its own',
      { capability: 'locks' },
    );
  refuseServiceWorker('connectTabs');
  const resolved = resolvePolicy(policy);
  const tab = new Tab(
    name,
    clock,
    (epoch) => new Leader(epoch, makeManager(), resolved, (port) => served?.(port)),
  );
  return new TabsClient(tab, ofClient);
}

/** A client of whichever tab leads. It goes on when another one takes over. */
export class TabsClient extends ConnectedClient {
  readonly #tab: Tab;

  /** @internal `connectTabs` makes them. */
  constructor(tab: Tab, options: ConnectOptions) {
    super(() => tab.port(), options);
    this.#tab = tab;
  }

  /** This tab has the manager now. */
  get isLeader(): boolean {
    return this.#tab.isLeader;
  }

  /** Fails what is in flight here. If this tab leads, another one takes over. Later requests end with operation-canceled at once. */
  override async close(): Promise<void> {
    await super.close();
    await this.#tab.close();
  }
}
