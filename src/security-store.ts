import type { EnabledStore, SecurityPart } from './call/security-part.ts';
import type { FaultListener } from './storage/key-value-store.ts';

/**
 * The HSTS store that one manager has opened. The part that knows the hosts may serve several managers: each leaves what it
 * has opened itself, when it opens another store and when it closes.
 */
export class SecurityStore {
  #opened: EnabledStore | null = null;

  /**
   * Opens the store of `security`, or has it keep its hosts in memory only. Resolves when what is stored has been loaded.
   * @param directory where the store is, instead of the usual place
   */
  async enable(
    security: SecurityPart,
    enabled: boolean,
    directory: string | undefined,
    onFault: FaultListener,
  ): Promise<void> {
    const earlier = this.#opened;
    this.#opened = enabled ? security.enableStoreIn(directory, onFault) : null;
    await (this.#opened?.ready ?? security.disableStore());
    await earlier?.leave();
  }

  /** Writes what is pending and closes the store, whether or not others use it. */
  async leave(): Promise<void> {
    await this.#opened?.leave();
  }
}
