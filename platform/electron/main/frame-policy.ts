import type { Manager } from '../../../src/manager.ts';
import { type BridgePolicyInput, policyFor, type ResolvedPolicy } from '../../bridge/policy/policy.ts';
import type { ElectronFrame, ElectronIpcEvent, ElectronWebContents } from './types.ts';

/** The frame that asks for a manager, as the main process knows it: nothing of it was said by the page. */
export interface FrameFacts {
  /** Where its document comes from, whole; decide by `origin`. */
  readonly url: string;
  /** `'https://app.example'`, `'app://main'`, `'file://'`; `'null'` for a sandboxed frame and for data: URLs. */
  readonly origin: string;
  /** Of the frames around it, the nearest first; empty for the frame of a window itself. */
  readonly ancestorOrigins: readonly string[];
  /** The window, view or tab that shows it. */
  readonly webContents: ElectronWebContents;
}

/** Of which frame a port is: while these are the same, so is the document. */
export interface FrameIdentity {
  readonly processId: number;
  readonly routingId: number;
}

/**
 * The frame that has sent an event, or in words why there is none. A frame that navigates may have another document by the time
 * its message arrives: then its process or its number is not the sender's any more, or the frame has gone.
 */
export function senderOf(event: ElectronIpcEvent): (FrameFacts & FrameIdentity) | string {
  try {
    const { sender, senderFrame: frame } = event;
    if (frame === null || sender.isDestroyed()) return 'the frame has gone';
    const { url, origin, processId, routingId } = frame;
    if (processId !== event.processId || routingId !== event.frameId) return 'the frame has navigated';
    return { url, origin, processId, routingId, webContents: sender, ancestorOrigins: ancestorsOf(frame) };
  } catch {
    // Electron throws for each property of a frame that was disposed.
    return 'the frame has gone';
  }
}

function ancestorsOf(frame: ElectronFrame): string[] {
  const origins: string[] = [];
  for (let above = frame.parent; above !== null; above = above.parent) origins.push(above.origin);
  return origins;
}

/**
 * Who is served, and how: a policy for each origin, or a function of the frame, null for a frame that is not served. By origin,
 * every frame around it has to be listed, too; the function decides that itself (`ancestorOrigins`).
 */
export type FramePolicy =
  | { readonly [origin: string]: BridgePolicyInput }
  | ((frame: FrameFacts) => BridgePolicyInput | null);

/**
 * The policy for a frame; null when it is not served.
 * @throws TypeError for what is no policy
 */
export type ChoosePolicy = (frame: FrameFacts) => ResolvedPolicy | null;

/** @throws TypeError for what is no origin, and for a policy that is none */
export function policyChooser(input: FramePolicy, manager: Pick<Manager, 'supportedSchemes'>): ChoosePolicy {
  if (typeof input === 'function') {
    return (frame) => {
      // Nothing said, as plain JavaScript can, is not the default policy.
      const policy = input(frame) ?? null;
      return policy === null ? null : policyFor(manager, policy);
    };
  }
  const policies = new Map(
    Object.entries(input).map(([origin, policy]) => [checkedOrigin(origin), policyFor(manager, policy)]),
  );
  return ({ origin, ancestorOrigins }) =>
    ancestorOrigins.every((above) => policies.has(above)) ? (policies.get(origin) ?? null) : null;
}

/** As Electron writes the origin of a frame. `null` is that of everybody whose origin is not to be known. */
function checkedOrigin(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || origin !== `${url.protocol}//${url.host}`)
    throw new TypeError(
      `shareManager: policy: expected origins as 'https://app.example', 'app://main' or 'file://', found '${origin}'`,
    );
  return origin;
}
