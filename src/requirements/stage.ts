import type { TransportCapabilities } from '../call/capabilities.ts';
import { refusal } from '../call/refusal.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import { missingCapability, type RequirementSurroundings } from './requirements.ts';

/** Refuses what the transport hides, before anything is sent. */
export function requirementsStage(
  capabilities: TransportCapabilities,
  surroundings: RequirementSurroundings,
): Rewrite {
  return {
    name: 'requirements',
    outgoing: (request) => checkRequirements(request, capabilities, surroundings),
  };
}

/** @throws NetworkError that names the capability which the request asks for and the transport does not have */
export function checkRequirements(
  request: HttpRequest,
  capabilities: TransportCapabilities,
  surroundings: RequirementSurroundings,
): HttpRequest {
  const missing = missingCapability(request, capabilities, surroundings);
  if (missing !== null) throw refusal(request, capabilities, missing.capability, missing.what);
  return request;
}
