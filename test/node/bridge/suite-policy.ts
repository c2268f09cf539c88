import type { BridgePolicyInput } from '../../../platform/bridge/index.ts';

/** Under which the suite of clients runs: all that a manager lets its own application do. */
export const SUITE_POLICY: BridgePolicyInput = {
  addresses: ['127.0.0.1', 'localhost'],
  showSetCookie: true,
  questions: ['redirect', 'encrypted'],
};
