import type { ManagerOptions } from '../../src/call/parts.ts';
import { Manager } from '../../src/manager.ts';
import { portablePlatform } from './platform.ts';

export * from '../../src/index.ts';

// Users on every platform read this comment: the published declarations are made from this root.
/**
 * Owns an application's requests: makes them, queues them, and keeps what they share: cookies, cache, HSTS hosts,
 * connections.
 *
 * @example
 * await using manager = new NetworkAccessManager({ transferTimeout: 30_000 });
 * const user = await manager.get('https://api.example/user/1').json();
 *
 * Qt: https://doc.qt.io/qt-6/qnetworkaccessmanager.html; every member is compared in docs/qt-mapping.md.
 */
export class NetworkAccessManager extends Manager {
  /** @throws TypeError for an option that does not exist, or a value that it cannot have */
  constructor(options: ManagerOptions = {}) {
    super(portablePlatform, options);
  }
}
