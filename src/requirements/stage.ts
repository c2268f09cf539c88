import type { TransportCapabilities } from '../call/capabilities.ts';
import { refusal } from '../call/refusal.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import { tellsUpload } from '../call/upload.ts';
import { missingCapability, type RequirementSurroundings } from './requirements.ts';

/**
 * Refuses what the transport hides, before anything is sent.
 * @param uploads of what carries uploads that tell how far they are, where that is another transport
 */
export function requirementsStage(
  capabilities: TransportCapabilities,
  surroundings: RequirementSurroundings,
  uploads: TransportCapabilities | null = null,
): Rewrite {
  return {
    name: 'requirements',
    outgoing: (request) =>
      checkRequirements(
        request,
        uploads !== null && tellsUpload(request) ? uploads : capabilities,
        surroundings,
      ),
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
