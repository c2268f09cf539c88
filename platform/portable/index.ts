import { Manager } from '../../src/manager.ts';
import type { ManagerOptions } from '../../src/options.ts';
import { portablePlatform } from './platform.ts';

export * from '../../src/index.ts';

/** The manager over cross-fetch, for runtimes that have no set of their own. See {@link Manager}. */
export class NetworkAccessManager extends Manager {
  constructor(options: ManagerOptions = {}) {
    super(portablePlatform, options);
  }
}
