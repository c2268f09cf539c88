import type { AuthenticationScheme, AuthenticationSettings } from '../call/authentication.ts';
import { illTyped } from '../checks/option-errors.ts';
import { originOf, toCredentials } from './credentials.ts';

/** All that are spoken somewhere, the strongest first. Negotiate and NTLM are not, and are refused in words. */
export const DEFAULT_SCHEMES: readonly AuthenticationScheme[] = ['digest', 'bearer', 'basic'];

/** @throws TypeError for a scheme that is not spoken, for what is no origin, and for what are no credentials, unseen */
export function checkAuthenticationOptions({
  authenticationSchemes,
  credentials,
}: AuthenticationSettings): void {
  if (authenticationSchemes?.some((name) => !DEFAULT_SCHEMES.includes(name)))
    throw illTyped(
      '',
      'authenticationSchemes',
      `an array of ${DEFAULT_SCHEMES.join(', ')} (Negotiate and NTLM are not spoken yet)`,
    );
  if (credentials === null || typeof credentials === 'function') return;
  for (const [url, given] of Object.entries(credentials)) {
    if (originOf(url) === '') throw illTyped('', 'credentials', 'a function, or credentials by origin');
    toCredentials(given);
  }
}
