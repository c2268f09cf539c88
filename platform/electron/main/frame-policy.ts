import { type BridgePolicyInput, type ResolvedPolicy, resolvePolicy } from '../../bridge/policy/policy.ts';
import type { FrameFacts } from './frame-facts.ts';

/**
 * Who is served, and how: a policy for each origin, or a function of the frame, null for a frame that is not served. By origin,
 * every frame around it has to be listed, too; the function decides that itself (`ancestorOrigins`).
 */
export type FramePolicy =
  | { readonly [origin: string]: BridgePolicyInput }
  | ((frame: FrameFacts) => BridgePolicyInput | null);

/**
 * The policy for a frame; null when it is not served.
 * @throws TypeError for what is no policy
 */
export type ChoosePolicy = (frame: FrameFacts) => ResolvedPolicy | null;

/** @throws TypeError for what is no origin, and for a policy that is none */
export function policyChooser(input: FramePolicy): ChoosePolicy {
  if (typeof input === 'function') {
    return (frame) => {
      const policy = input(frame);
      return policy === null ? null : resolvePolicy(policy);
    };
  }
  const policies = new Map(
    Object.entries(input).map(([origin, policy]) => [checkedOrigin(origin), resolvePolicy(policy)]),
  );
  return ({ origin, ancestorOrigins }) =>
    ancestorOrigins.every((above) => policies.has(above)) ? (policies.get(origin) ?? null) : null;
}

/** As Electron writes the origin of a frame. `null` is that of everybody whose origin is not to be known. */
function checkedOrigin(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || origin !== `${url.protocol}//${url.host}`)
    throw new TypeError(
      `shareManager: policy: expected origins as 'https://app.example', 'app://main' or 'file://', found '${origin}'`,
    );
  return origin;
}
