import type { ManagerOptions } from '../../src/call/parts.ts';
import { Manager } from '../../src/manager.ts';
import { browserPlatform } from './platform.ts';

export * from '../../src/index.ts';
// In place of the neutral ones of the same names.
export { Authentication, StrictTransportSecurity } from './parts.ts';

/** The manager over the page's own fetch. See {@link Manager}. */
export class NetworkAccessManager extends Manager {
  constructor(options: ManagerOptions = {}) {
    super(browserPlatform, options);
  }
}
