import { type Checks, check, checkOptions, TEXT, TRUTH } from '../checks/checker.ts';
import type { StrictTransportSecurityPolicy } from './security-part.ts';

export const EPOCH = check('epoch milliseconds', Number.isFinite);

const CHECKS: Checks<StrictTransportSecurityPolicy> = {
  host: { ...TEXT, isRequired: true },
  expiry: { ...EPOCH, isRequired: true },
  includeSubDomains: { ...TRUTH, isRequired: true },
};

/** A copy of a policy of HSTS as an application gives it. @throws TypeError for what is none */
export function checkedPolicy(policy: StrictTransportSecurityPolicy): StrictTransportSecurityPolicy {
  return { ...checkOptions('HSTS policy', policy, CHECKS) };
}
