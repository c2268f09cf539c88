import type { RequestOptions } from '../options.ts';
import type { HttpRequest, Rewrite } from '../pipeline/stage.ts';
import type { TransportCapabilities } from './capabilities.ts';
import { refusal } from './refusal.ts';
import { missingCapability } from './requirements.ts';

/** Refuses what the transport hides, before anything is sent. */
export function requirementsStage(capabilities: TransportCapabilities, defaults: RequestOptions): Rewrite {
  return { name: 'requirements', outgoing: (request) => checkRequirements(request, capabilities, defaults) };
}

/** @throws NetworkError that names the capability which the request asks for and the transport does not have */
export function checkRequirements(
  request: HttpRequest,
  capabilities: TransportCapabilities,
  defaults: RequestOptions,
): HttpRequest {
  const missing = missingCapability(request, capabilities, defaults);
  if (missing !== null) throw refusal(request, capabilities, missing.capability, missing.what);
  return request;
}
