import { Authentication as NeutralAuthentication } from '../../src/auth/authentication.ts';
import { basicScheme } from '../../src/auth/basic.ts';
import { bearerScheme } from '../../src/auth/bearer.ts';
import { digestScheme } from '../../src/auth/digest.ts';
import { nodeHashes } from './auth/node-hashes.ts';

const SCHEMES = [digestScheme(nodeHashes), bearerScheme, basicScheme];

/** The answers to challenges, by what Node has for them. */
export class Authentication extends NeutralAuthentication {
  constructor() {
    super(SCHEMES);
  }
}
