import type { Stage } from '../pipeline/stage.ts';
import type { TransportCapabilities } from './capabilities.ts';
import { refusal } from './refusal.ts';
import { missingCapability } from './requirements.ts';

/** Refuses what the transport hides, before anything is sent. */
export function requirementsStage(capabilities: TransportCapabilities): Stage {
  return {
    name: 'requirements',
    handle(request, next, exchange) {
      const missing = missingCapability(request, capabilities);
      if (missing !== null) throw refusal(request, capabilities, missing.capability, missing.what);
      return next(request, exchange);
    },
  };
}
