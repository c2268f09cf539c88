import path from 'node:path';
import { StrictTransportSecurity as NeutralStrictTransportSecurity } from '../../src/hsts/strict-transport-security.ts';
import type { FaultListener, KeyValueStore } from '../../src/storage/key-value-store.ts';
import { cacheDirectory } from './cache-directory.ts';
import { FileStore } from './files/file-store.ts';

/** The knowledge of HSTS hosts, with a file to keep it in. */
export class StrictTransportSecurity extends NeutralStrictTransportSecurity {
  protected override openStore(directory: string | undefined, onFault: FaultListener): KeyValueStore {
    return new FileStore({ file: path.join(directory ?? cacheDirectory(), 'hsts.json'), onFault });
  }
}
