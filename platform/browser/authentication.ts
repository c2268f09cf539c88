import {
  type AuthenticationOptions,
  Authentication as NeutralAuthentication,
} from '../../src/auth/authentication.ts';
import { bearerScheme } from '../../src/auth/bearer.ts';
import { digestScheme } from '../../src/auth/digest.ts';
import { ownHashes } from '../../src/auth/hash/hash-functions.ts';

const MEANS = { schemes: [digestScheme(ownHashes), bearerScheme] };

/** The answers to challenges that a browser leaves to pages: Basic, NTLM and Negotiate it keeps to itself. */
export class Authentication extends NeutralAuthentication {
  constructor(options?: AuthenticationOptions) {
    super(options, MEANS);
  }
}
