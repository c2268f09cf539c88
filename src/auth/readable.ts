import type { AuthenticatingServer } from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import { NetworkError } from '../error.ts';

/** Tells an application once that its credentials go readable over http. */
export function tellReadable(
  told: { isReadableTold: boolean },
  { origin }: AuthenticatingServer,
  call: Call,
): void {
  if (told.isReadableTold) return;
  told.isReadableTold = true;
  const error = new NetworkError(
    'authentication-required',
    `credentials are sent to ${origin} without encryption, readable by all on the way (Basic or Bearer over http); allowBasicOverHttp: false refuses it`,
    { url: origin },
  );
  call.emit({ type: 'fault', error: error.toJSON() });
}
