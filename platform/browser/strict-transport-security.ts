import { StrictTransportSecurity as NeutralStrictTransportSecurity } from '../../src/hsts/strict-transport-security.ts';
import type { FaultListener, KeyValueStore } from '../../src/storage/key-value-store.ts';
import { IndexedDbStore } from './indexeddb-store.ts';

/** The knowledge of HSTS hosts, with IndexedDB to keep it in. */
export class StrictTransportSecurity extends NeutralStrictTransportSecurity {
  protected override openStore(directory: string | undefined, onFault: FaultListener): KeyValueStore {
    if (directory !== undefined) throw new TypeError('a page has no directories: leave it out');
    return new IndexedDbStore({ namespace: 'hsts', onFault });
  }
}
