/** The parts of a manager that a page has in its own way. */
import {
  type AuthenticationOptions,
  Authentication as NeutralAuthentication,
} from '../../src/auth/authentication.ts';
import { bearerScheme } from '../../src/auth/bearer.ts';
import { digestScheme } from '../../src/auth/digest.ts';
import { ownHashes } from '../../src/auth/hash/hash-functions.ts';
import { StrictTransportSecurity as NeutralStrictTransportSecurity } from '../../src/hsts/strict-transport-security.ts';
import type { FaultListener, KeyValueStore } from '../../src/storage/key-value-store.ts';
import { IndexedDbStore } from './indexeddb-store.ts';

/** The answers to challenges that a browser leaves to pages: Basic, NTLM and Negotiate it keeps to itself. */
export class Authentication extends NeutralAuthentication {
  constructor(options?: AuthenticationOptions) {
    super(options, { schemes: [digestScheme(ownHashes), bearerScheme] });
  }
}

/** The knowledge of HSTS hosts, with IndexedDB to keep it in. */
export class StrictTransportSecurity extends NeutralStrictTransportSecurity {
  protected override openStore(directory: string | undefined, onFault: FaultListener): KeyValueStore {
    if (directory !== undefined) throw new TypeError('a page has no directories: leave it out');
    return new IndexedDbStore({ namespace: 'hsts', onFault });
  }
}
