import type { AuthenticatingServer, Credentials } from '../call/authentication.ts';
import { NetworkError } from '../error.ts';

/**
 * In place of credentials: the account that the system is logged in with, whose secret never comes here. Nothing but Negotiate
 * takes it.
 */
export const SYSTEM_ACCOUNT: Credentials = Object.freeze(Object.create(null));

/** A scheme cannot make an answer, for reasons of this machine (no ticket, no package): another one may. */
export class UnusableScheme extends Error {
  /** It is what there is on most machines, and no fault. */
  readonly isExpected: boolean;

  constructor(
    message: string,
    { cause, isExpected = false }: { cause?: unknown; isExpected?: boolean } = {},
  ) {
    super(message, { cause });
    this.isExpected = isExpected;
  }

  /** As the error of a request. */
  toError({ isProxy, origin }: AuthenticatingServer, url: string): NetworkError {
    const code = isProxy ? 'proxy-authentication-required' : 'authentication-required';
    return new NetworkError(code, `${origin} cannot be answered: ${this.message}`, {
      url,
      status: isProxy ? 407 : 401,
      cause: this,
    });
  }
}
