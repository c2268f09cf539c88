import type { Credentials } from '../call/authentication.ts';
import { sameCredentials } from './credentials.ts';

/** What was refused in the rounds of one request. What another realm refuses may be right for this one. */
export class RefusedCredentials {
  readonly #refused: { readonly credentials: Credentials; readonly realm: string }[] = [];

  add(credentials: Credentials, realm: string): void {
    this.#refused.push({ credentials, realm });
  }

  has(credentials: Credentials, realm: string): boolean {
    return this.#refused.some((one) => one.realm === realm && sameCredentials(one.credentials, credentials));
  }
}
