import type { RequestOptions } from '../options.ts';
import type { HttpRequest } from '../pipeline/stage.ts';
import type { TransportCapabilities } from './capabilities.ts';
import { forbiddenField } from './forbidden-field.ts';

/** Options that a transport may not be able to honour when they have another value than their default. */
const DEMANDING = [
  'redirectPolicy',
  'maximumRedirectsAllowed',
  'secretHeaders',
  'cookieLoadControl',
  'cookieSaveControl',
  'cookieJar',
  'siteForCookies',
  'useCredentials',
  'authenticationReuse',
  'tls',
  'http2Direct',
  'duplex',
  'decompressedSafetyCheckThreshold',
] as const satisfies readonly (keyof RequestOptions)[];

/**
 * Whether a request asks for anything that not every transport has. Whether this one has it is for the rules of
 * requirements.ts to say, which need not be loaded for other requests.
 */
export function asksForMore(
  { headers, options }: HttpRequest,
  defaults: RequestOptions,
  { forbiddenFields }: TransportCapabilities,
): boolean {
  return (
    forbiddenField(headers, forbiddenFields) !== null ||
    DEMANDING.some((name) => options[name] !== defaults[name])
  );
}
