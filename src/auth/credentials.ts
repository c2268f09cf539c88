import type {
  AuthenticatingServer,
  AuthenticationSettings,
  Credentials,
  CredentialsByOrigin,
  PasswordCredentials,
  TokenCredentials,
} from '../call/authentication.ts';
import { type Checks, checkOptions, TEXT } from '../checks/checker.ts';
import { illTyped } from '../checks/option-errors.ts';
import { numberOf } from '../util/number-of.ts';

/** True for the same name and password, or token. */
export function sameCredentials(one: Credentials, other: Credentials): boolean {
  if ('token' in one || 'token' in other)
    return 'token' in one && 'token' in other && one.token === other.token;
  return (
    one.user === other.user &&
    one.password === other.password &&
    one.domain === other.domain &&
    one.workstation === other.workstation
  );
}

type AnyCredentials = Partial<PasswordCredentials & TokenCredentials>;

const CHECKS: Checks<AnyCredentials> = {
  user: TEXT,
  password: TEXT,
  token: TEXT,
  domain: TEXT,
  workstation: TEXT,
};

/**
 * The credentials that an application has given, as plain data of their own; null for none. Only own properties are read.
 * @throws TypeError that shows nothing of them
 */
export function toCredentials(given: unknown): Credentials | null {
  if (given === null || given === undefined) return null;
  const { user, password, token, domain, workstation } = checkOptions(
    'credentials',
    given as AnyCredentials,
    CHECKS,
  );
  if (token !== undefined && token !== '') return { token };
  if (user === undefined || password === undefined)
    throw illTyped('', 'credentials', '{ user, password } or { token }');
  return {
    user,
    password,
    ...(domain === undefined ? {} : { domain }),
    ...(workstation === undefined ? {} : { workstation }),
  };
}

/** Those in the URL of a server or proxy; null for none. */
export function credentialsOfUrl({ username, password }: AuthenticatingServer): Credentials | null {
  return username === '' && password === '' ? null : { user: username, password };
}

/** Whether an application that says who asks has an answer for an origin; a function may have one for any. */
export function mayKnow(source: AuthenticationSettings['credentials'], origin: string): boolean {
  return typeof source === 'function' || (source !== null && credentialsOf(source, origin) !== null);
}

/** Those for an origin, however its URL is written; null for none. */
export function credentialsOf(byOrigin: CredentialsByOrigin, origin: string): Credentials | null {
  for (const url of Object.keys(byOrigin)) if (originOf(url) === origin) return byOrigin[url]!;
  return null;
}

/** Also of URLs whose scheme has no origin for browsers (a proxy's). Empty for what is no URL. */
export function originOf(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, host } = new URL(url);
  return host === '' ? '' : `${protocol}//${host}`;
}

/**
 * Whom a leased connection belongs to, without a secret in it.
 * @param owner the one that does not share it with others of the same user
 */
export function leaseIdentity(server: string, credentials: Credentials, owner: object | null): string {
  return `${server} ${numberOf(credentials)}${owner === null ? '' : ` ${numberOf(owner)}`}`;
}
