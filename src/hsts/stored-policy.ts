import type { StoredValue } from '../storage/key-value-store.ts';
import { recordJudge } from '../storage/record.ts';
import * as z from '../storage/zod.ts';
import { policyHost, type StrictTransportSecurityPolicy } from './policy.ts';

/** What a store keeps of a policy under its host name. */
export function toStored(policy: StrictTransportSecurityPolicy): StoredValue {
  return { expiry: policy.expiry, includeSubDomains: policy.includeSubDomains };
}

const policyFromRecord = recordJudge(() =>
  z.object({ expiry: z.number().check(z.refine(Number.isSafeInteger)), includeSubDomains: z.boolean() }),
);

/** The policy that a store keeps under a host name, or null when it is damaged. */
export function fromStored(host: string, value: StoredValue): StrictTransportSecurityPolicy | null {
  if (policyHost(host) !== host) return null;
  const policy = policyFromRecord(value);
  return policy === null ? null : { host, ...policy };
}
