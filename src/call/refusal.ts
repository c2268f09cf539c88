import { NetworkError } from '../error.ts';
import type { Capability, TransportCapabilities } from './capabilities.ts';
import type { HttpRequest } from './request.ts';

/** The error of a request that a transport cannot carry as it was asked, and that is therefore not sent. */
export function refusal(
  request: HttpRequest,
  { name }: TransportCapabilities,
  capability: Capability,
  what: string,
): NetworkError {
  return new NetworkError(
    'protocol-invalid-operation',
    `${what}: not possible here, ${name} has no capability '${capability}'`,
    { url: request.url.href, capability },
  );
}
