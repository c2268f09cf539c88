import type { ManagerSettings } from './parts.ts';
import type { HttpRequest } from './request.ts';
import type { Transport } from './transport.ts';

/** Whether a request is an upload that must tell how far it is. */
export function tellsUpload({ options, body }: HttpRequest): boolean {
  return options.uploadProgress && body !== null;
}

/** What carries such uploads in place of a transport that does not count what it sends; null where that does, or nothing can. */
export function uploadsBeside({ capabilities }: Transport, settings: ManagerSettings): Transport | null {
  return capabilities.uploadProgress ? null : settings.uploadProgress;
}
