import type { NetworkError } from '../../../src/error.ts';
import type { ServedPort } from './served-port.ts';
import type { PolicyViolation } from './violations.ts';

/** What a {@link ServedPort} tells its owner, by {@link ServedPort.on}. */
export type ServedPortSignals = {
  /**
   * A client has tried what the policy does not allow. It got content-access-denied, or its port was closed. Told at most ten
   * times a second for each rule, with how often it was.
   */
  policyViolated: (violation: PolicyViolation) => void;
  /** The port is closed and nothing of its client is left. The error says why, null when it was said goodbye. */
  closed: (error: NetworkError | null) => void;
};

/** A row for each, so that none can be forgotten. */
export const SIGNALS: ReadonlySet<string> = new Set(
  Object.keys({ policyViolated: 1, closed: 1 } satisfies Record<keyof ServedPortSignals, 1>),
);
