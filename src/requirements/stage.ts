import type { TransportCapabilities } from '../call/capabilities.ts';
import { refusal } from '../call/refusal.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import { tellsUpload } from '../call/upload.ts';
import { missingCapability, type RequirementSurroundings, rulesFor } from './requirements.ts';

/**
 * Refuses what the transport hides, before anything is sent.
 * @param uploads of what carries uploads that tell how far they are, where that is another transport
 */
export function requirementsStage(
  capabilities: TransportCapabilities,
  surroundings: RequirementSurroundings,
  uploads: TransportCapabilities | null = null,
): Rewrite {
  const check = checkFor(capabilities, surroundings);
  const checkUpload = uploads === null ? check : checkFor(uploads, surroundings);
  return {
    name: 'requirements',
    outgoing(request) {
      (tellsUpload(request) ? checkUpload : check)(request);
      return request;
    },
  };
}

/** What throws a NetworkError that names the capability which a request asks for and the transport does not have. */
function checkFor(
  capabilities: TransportCapabilities,
  surroundings: RequirementSurroundings,
): (request: HttpRequest) => void {
  const rules = rulesFor(capabilities);
  return (request) => {
    const missing = missingCapability(request, capabilities, surroundings, rules);
    if (missing !== null) throw refusal(request, capabilities, missing.capability, missing.what);
  };
}
