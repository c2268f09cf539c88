import type { HttpRequest, Rewrite } from '../pipeline/stage.ts';
import type { TransportCapabilities } from './capabilities.ts';
import { refusal } from './refusal.ts';
import { missingCapability } from './requirements.ts';

/** Refuses what the transport hides, before anything is sent. */
export function requirementsStage(capabilities: TransportCapabilities): Rewrite {
  return { name: 'requirements', outgoing: (request) => checkRequirements(request, capabilities) };
}

/** @throws NetworkError that names the capability which the request asks for and the transport does not have */
export function checkRequirements(request: HttpRequest, capabilities: TransportCapabilities): HttpRequest {
  const missing = missingCapability(request, capabilities);
  if (missing !== null) throw refusal(request, capabilities, missing.capability, missing.what);
  return request;
}
