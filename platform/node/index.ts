import { Manager } from '../../src/manager.ts';
import type { BodyInput } from '../../src/message/body-input.ts';
import type { ManagerOptions, NetworkRequest } from '../../src/options.ts';
import type { HttpRequest } from '../../src/pipeline/stage.ts';
import type { Operation } from '../../src/reply/operation.ts';
import { checkTls } from './check-tls.ts';
import { expectListeners } from './expect-listeners.ts';
import { nodePlatform } from './platform.ts';

export * from '../../src/index.ts';
// In place of the neutral ones of the same names.
export { CookieJar } from './cookie-jar.ts';
export { StrictTransportSecurity } from './strict-transport-security.ts';

/** The manager over Node's own sockets. See {@link Manager}. */
export class NetworkAccessManager extends Manager {
  constructor(options: ManagerOptions = {}) {
    super(nodePlatform, options);
  }

  protected override resolveRequest(
    operation: Operation,
    request: NetworkRequest,
    body?: BodyInput | null,
  ): HttpRequest {
    const resolved = super.resolveRequest(operation, request, body);
    const { signal, tls } = resolved.options;
    if (signal !== null) expectListeners(signal);
    if (tls !== null) checkTls(tls);
    return resolved;
  }
}
