import { arrayOf, type Checks, checkOptions, TRUTH, wholeNumber } from '../checks/checker.ts';

/** When a request that has failed is sent once more. */
export interface RetryOptions {
  /** How often it is sent in all, the first time included. @default 3 */
  readonly attempts?: number | undefined;
  /** Statuses that are worth another attempt. @default [408, 425, 429, 500, 502, 503, 504] */
  readonly statuses?: readonly number[] | undefined;
  /**
   * Milliseconds of the longest first pause; it doubles each time, and chance decides how much of it is waited (full jitter).
   * @default 500
   */
  readonly delay?: number | undefined;
  /** Milliseconds that no pause is longer than, but one that a server asks for. @default 30 000 */
  readonly maximumDelay?: number | undefined;
  /** Milliseconds that a server may ask for by `Retry-After`; when it wants more, its answer stands. @default 60 000 */
  readonly maximumRetryAfter?: number | undefined;
  /** Milliseconds from the first attempt in which another one may begin. @default 120 000 */
  readonly totalTime?: number | undefined;
  /**
   * Give a request whose method is not idempotent (POST, PATCH) an `Idempotency-Key`, the same for all attempts, unless it
   * has one: with it such a request may be sent again, too. Only for servers that know the field
   * (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/). @default false
   */
  readonly idempotencyKey?: boolean | undefined;
}

/** The same, complete. */
export type RetryPolicy = { readonly [Name in keyof RetryOptions]-?: Exclude<RetryOptions[Name], undefined> };

/** The option as a request has it. */
export const retryPolicyOf = (option: boolean | RetryOptions): RetryPolicy | null =>
  typeof option === 'boolean' ? null : (option as RetryPolicy);

const CHECKS: Checks<RetryOptions> = {
  attempts: wholeNumber(1, 100),
  statuses: arrayOf(
    'statuses from 400 to 599',
    (status) => (status as number) >= 400 && (status as number) <= 599,
  ),
  delay: wholeNumber(0),
  maximumDelay: wholeNumber(0),
  maximumRetryAfter: wholeNumber(0),
  totalTime: wholeNumber(0),
  idempotencyKey: TRUTH,
};

const DEFAULTS: RetryPolicy = Object.freeze({
  attempts: 3,
  statuses: Object.freeze([408, 425, 429, 500, 502, 503, 504]),
  delay: 500,
  maximumDelay: 30_000,
  maximumRetryAfter: 60_000,
  totalTime: 120_000,
  idempotencyKey: false,
});

/**
 * The option `retry` as the pipeline takes it: false, or complete.
 * @throws TypeError for options that there are not
 */
export function retryPolicy(option: boolean | RetryOptions): false | RetryPolicy {
  if (typeof option === 'boolean') return option && DEFAULTS;
  return Object.freeze({ ...DEFAULTS, ...(checkOptions('retry', option, CHECKS) as Partial<RetryPolicy>) });
}
