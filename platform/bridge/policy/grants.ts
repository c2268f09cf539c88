import type { StrictTransportSecurityPolicy } from '../../../src/call/security-part.ts';
import type { Cookie, CookieInit } from '../../../src/cookies/cookie.ts';
import type { ProxyExplanation } from '../../../src/options/proxy.ts';

/** What a method is given, and what comes back, as plain data. */
interface Method<Given extends readonly unknown[], Result> {
  readonly given: Given;
  readonly result: Result;
}

/**
 * What a client may ask of the parts of a manager beside requests, each method where the policy grants it by its name. The
 * same names are those of a connected client's members.
 */
export interface GrantedMethods {
  /** The cookies that would go to a URL that the policy lets be asked by GET. */
  readonly 'cookies.get': Method<[url: string], Cookie[]>;
  /** Every cookie that the client may be shown. */
  readonly 'cookies.all': Method<[], Cookie[]>;
  /** Sets a cookie as a response from a URL would, which the policy lets be asked by GET. */
  readonly 'cookies.set': Method<[cookie: CookieInit, url: string], boolean>;
  /** Removes every cookie that the client may be shown. */
  readonly 'cookies.clear': Method<[], null>;
  /** Is told of each such cookie that comes or goes. */
  readonly 'cookies.changed': Method<[], null>;
  /** Bytes that the cache has; 0 where there is none. */
  readonly 'cache.size': Method<[], number>;
  /** Removes every entry that is stored, whoever stored it; resolves when they are gone. */
  readonly 'cache.clear': Method<[], null>;
  /** Forgets credentials and drops every connection, those of other clients, too. */
  readonly clearAccessCache: Method<[], null>;
  /** Drops every connection, those of other clients, too. */
  readonly clearConnectionCache: Method<[], null>;
  /** The HSTS policies that hold now. */
  readonly strictTransportSecurityHosts: Method<[], StrictTransportSecurityPolicy[]>;
  /** Adds HSTS policies; an expired one removes its host. */
  readonly addStrictTransportSecurityHosts: Method<[policies: StrictTransportSecurityPolicy[]], null>;
  /** Says which proxy a GET of a URL would go through. */
  readonly explainProxy: Method<[url: string], ProxyExplanation>;
}

/** The name of a method that a policy may grant. */
export type Grant = keyof GrantedMethods;

/** Its arguments. */
export type GivenTo<Name extends Grant> = GrantedMethods[Name]['given'];
/** What it gives. */
export type ResultOf<Name extends Grant> = GrantedMethods[Name]['result'];

/** A row for each, so that none can be forgotten. */
export const GRANTS = Object.keys({
  'cookies.get': 1,
  'cookies.all': 1,
  'cookies.set': 1,
  'cookies.clear': 1,
  'cookies.changed': 1,
  'cache.size': 1,
  'cache.clear': 1,
  clearAccessCache: 1,
  clearConnectionCache: 1,
  strictTransportSecurityHosts: 1,
  addStrictTransportSecurityHosts: 1,
  explainProxy: 1,
} satisfies Record<Grant, 1>) as readonly Grant[];
