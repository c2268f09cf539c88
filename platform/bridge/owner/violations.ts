import type { PolicyRule } from '../policy/judge-request.ts';

/** What a client has tried that the policy does not allow. */
export interface PolicyViolation {
  /** Which part of the policy forbids it. */
  readonly rule: PolicyRule;
  /** In words, without secrets. */
  readonly reason: string;
  /** Of the request, without userinfo and fragment; null when it was none. */
  readonly url: string | null;
  /** How often the client has tried what this rule forbids since it was told the last time, this time included. */
  readonly times: number;
}

/** Of one rule, in a second. */
const TOLD_A_SECOND = 10;

interface Told {
  /** When the first of this second was told. */
  since: number;
  inSecond: number;
  untold: PolicyViolation | null;
}

/** What a client has tried, so that who tries again and again fills no log: ten a second of each rule, and how often it was. */
export class Violations {
  readonly #rules = new Map<PolicyRule, Told>();

  /** What is to be told now, or null. */
  add(violation: Omit<PolicyViolation, 'times'>, now: number): PolicyViolation | null {
    const told = this.#rules.get(violation.rule) ?? { since: now, inSecond: 0, untold: null };
    this.#rules.set(violation.rule, told);
    if (now - told.since >= 1000) Object.assign(told, { since: now, inSecond: 0 });
    const counted = { ...violation, times: (told.untold?.times ?? 0) + 1 };
    const isTold = told.inSecond < TOLD_A_SECOND;
    told.untold = isTold ? null : counted;
    if (isTold) told.inSecond++;
    return isTold ? counted : null;
  }

  /** What was not told: the last one of each rule. */
  rest(): PolicyViolation[] {
    return [...this.#rules.values()].flatMap(({ untold }) => untold ?? []);
  }
}
