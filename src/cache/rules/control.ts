import { parseDigits } from '../../message/field-lexer.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import { type Directive, parseDirectives } from './directives.ts';

/** The largest number of seconds that is told apart from larger ones (RFC 9111 §1.2.2). */
const MAX_DELTA_SECONDS = 2 ** 31;

/** What a response's Cache-Control says to a private cache, seconds. Read in the strictest way wherever it is not clear. */
export interface ResponseControl {
  readonly noStore: boolean;
  /** Also for the qualified form `no-cache="field"`: the whole response is revalidated. */
  readonly noCache: boolean;
  readonly mustRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly immutable: boolean;
  /** `public` or `private`: the server has thought of storing. For a private cache they mean the same. */
  readonly declaredCacheable: boolean;
  /** `public`: cacheable by heuristics whatever the status (RFC 9111 §5.2.2.9). */
  readonly public: boolean;
  /** For one user alone (RFC 9111 §5.2.2.7), also in the qualified form. */
  readonly private: boolean;
  /** The smallest of several; 0 for one that is not a number; null when there is none. */
  readonly maxAge: number | null;
  /** RFC 5861 §3; 0 when absent. */
  readonly staleWhileRevalidate: number;
  /** RFC 5861 §4; 0 when absent. */
  readonly staleIfError: number;
}

/** What a request's Cache-Control asks of the caches on its way, ours included. Seconds. */
export interface RequestControl {
  readonly noStore: boolean;
  readonly noCache: boolean;
  readonly onlyIfCached: boolean;
  readonly maxAge: number | null;
  /** How stale a response may be: 0 when absent, Infinity for `max-stale` without a number. */
  readonly maxStale: number;
  readonly minFresh: number;
  /** 0 when absent. */
  readonly staleIfError: number;
}

/** Reads `Cache-Control`, and `Pragma` where there is none (RFC 9111 §5.4), of a response. */
export function responseControl(headers: HttpHeaders): ResponseControl {
  const directives = directivesOf(headers);
  return {
    noStore: has(directives, 'no-store'),
    noCache: has(directives, 'no-cache'),
    mustRevalidate: has(directives, 'must-revalidate'),
    mustUnderstand: has(directives, 'must-understand'),
    immutable: permits(directives, 'immutable'),
    declaredCacheable: permits(directives, 'public') || has(directives, 'private'),
    public: permits(directives, 'public'),
    private: has(directives, 'private'),
    maxAge: smallest(directives, 'max-age'),
    staleWhileRevalidate: smallest(directives, 'stale-while-revalidate') ?? 0,
    staleIfError: smallest(directives, 'stale-if-error') ?? 0,
  };
}

const NO_REQUEST_CONTROL: RequestControl = {
  noStore: false,
  noCache: false,
  onlyIfCached: false,
  maxAge: null,
  maxStale: 0,
  minFresh: 0,
  staleIfError: 0,
};

/** Reads `Cache-Control`, and `Pragma` where there is none, of a request. */
export function requestControl(headers: HttpHeaders): RequestControl {
  const directives = directivesOf(headers);
  if (directives.length === 0) return NO_REQUEST_CONTROL;
  return {
    noStore: has(directives, 'no-store'),
    noCache: has(directives, 'no-cache'),
    onlyIfCached: has(directives, 'only-if-cached'),
    maxAge: smallest(directives, 'max-age'),
    maxStale: maxStale(directives),
    minFresh: largest(directives, 'min-fresh'),
    staleIfError: smallest(directives, 'stale-if-error') ?? 0,
  };
}

function directivesOf(headers: HttpHeaders): readonly Directive[] {
  const field = headers.get('cache-control');
  if (field !== null) return parseDirectives(field);
  const pragma = headers.get('pragma');
  return pragma === null ? [] : parseDirectives(pragma).filter((directive) => directive.name === 'no-cache');
}

/** For what restricts: counts in any form. */
function has(directives: readonly Directive[], name: string): boolean {
  return directives.some((directive) => directive.name === name);
}

/** For what permits: counts only as the grammar has it. */
function permits(directives: readonly Directive[], name: string): boolean {
  return directives.some(
    (directive) => directive.name === name && directive.argument === null && directive.wellFormed,
  );
}

/** Without a number any staleness is accepted (RFC 9111 §5.2.1.2), unless another one names a limit. */
function maxStale(directives: readonly Directive[]): number {
  const given = directives.filter((directive) => directive.name === 'max-stale');
  const limited = given.filter((directive) => directive.argument !== null || !directive.wellFormed);
  if (limited.length > 0) return smallest(limited, 'max-stale') ?? 0;
  return given.length > 0 ? Infinity : 0;
}

function smallest(directives: readonly Directive[], name: string): number | null {
  let result: number | null = null;
  for (const directive of directives) {
    if (directive.name === name) result = Math.min(result ?? Infinity, seconds(directive) ?? 0);
  }
  return result;
}

function largest(directives: readonly Directive[], name: string): number {
  let result = 0;
  for (const directive of directives) {
    if (directive.name === name) result = Math.max(result, seconds(directive) ?? Infinity);
  }
  return result;
}

function seconds(directive: Directive): number | null {
  return directive.wellFormed && directive.argument !== null ? deltaSeconds(directive.argument) : null;
}

/** RFC 9111 §1.2.2. Null for what is not digits only. */
export function deltaSeconds(text: string): number | null {
  return parseDigits(text, MAX_DELTA_SECONDS);
}
