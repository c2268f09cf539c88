import { NetworkError } from '../../../src/error.ts';
import type { Manager } from '../../../src/manager.ts';
import { Signals } from '../../../src/signals.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { reportUncaught } from '../../../src/util/microtasks.ts';
import { ServedPort } from '../../bridge/owner/served-port.ts';
import type { PolicyViolation } from '../../bridge/owner/violations.ts';
import type { ResolvedPolicy } from '../../bridge/policy/policy.ts';
import { ClientRate } from '../../bridge/policy/quota.ts';
import { type MainMessagePort, mainPort } from '../../bridge/ports/main-port.ts';
import { CHANNEL, refusal } from '../hand-over.ts';
import { type ChoosePolicy, type FrameFacts, type FrameIdentity, senderOf } from './frame-policy.ts';
import type { ElectronIpc, ElectronIpcEvent, ElectronWebContents } from './types.ts';
import { WatchedContents } from './watched-contents.ts';

/** What a manager that is shared tells of the frames that ask for it. */
export type SharedManagerSignals = {
  /** A frame is served. */
  connected: (frame: FrameFacts, port: ServedPort) => void;
  /** A frame has asked and is not served; null where it had gone. The reason is in words. */
  refused: (reason: string, frame: FrameFacts | null) => void;
  /** A frame has tried what its policy does not allow. */
  policyViolated: (violation: PolicyViolation, frame: FrameFacts) => void;
};

const SIGNALS: ReadonlySet<string> = new Set(
  Object.keys({ connected: 1, refused: 1, policyViolated: 1 } satisfies Record<
    keyof SharedManagerSignals,
    1
  >),
);

export interface Sharing {
  readonly ipcMain: ElectronIpc;
  /** Who may ask; null: every frame that the policy serves. */
  readonly webContents: readonly ElectronWebContents[] | null;
  readonly choosePolicy: ChoosePolicy;
}

/** Of a window, whose rates are remembered. */
const MOST_ORIGINS = 64;

/**
 * A manager of the main process that frames of windows use. Each hand-over of a port is judged by what Electron says of its
 * sender at that moment. A frame has one port: another one takes its place, and a navigation, a crash and the end of its window
 * close it.
 */
export class SharedManager extends Signals<SharedManagerSignals> {
  readonly #manager: Manager;
  readonly #sharing: Sharing;
  readonly #watched = new Map<ElectronWebContents, WatchedContents>();
  readonly #rates = new WeakMap<ElectronWebContents, Map<string, ClientRate>>();
  /** Whose last port was one too many, which is told once. */
  readonly #tooFast = new WeakSet<ClientRate>();
  readonly #receive = (event: ElectronIpcEvent): void => this.#take(event);

  /** @internal `shareManager` makes them. */
  constructor(manager: Manager, sharing: Sharing) {
    super(SIGNALS);
    this.#manager = manager;
    this.#sharing = sharing;
    sharing.ipcMain.on(CHANNEL, this.#receive);
  }

  /** Frames that are served. */
  get ports(): readonly ServedPort[] {
    return [...this.#watched.values()].flatMap((contents) => contents.ports);
  }

  /** Serves no more frames and closes the ports of all. The manager goes on. */
  close(): void {
    this.#sharing.ipcMain.off(CHANNEL, this.#receive);
    for (const contents of [...this.#watched.values()]) contents.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #take(event: ElectronIpcEvent): void {
    const [port, ...others] = event.ports;
    for (const other of others) other.close();
    if (port === undefined) return;
    const frame = senderOf(event);
    if (typeof frame === 'string') {
      this.#refuse(port, frame, null);
      return;
    }
    const rate = this.#rateOf(frame);
    if (!rate.takePort()) {
      this.#refuse(port, `frames of ${frame.origin} connect too often`, frame, !this.#tooFast.has(rate));
      this.#tooFast.add(rate);
      return;
    }
    this.#tooFast.delete(rate);
    const policy = this.#policyFor(frame);
    if (typeof policy === 'string') this.#refuse(port, policy, frame);
    else this.#serve(port, policy, frame, rate);
  }

  /** Or why there is none. */
  #policyFor(frame: FrameFacts): ResolvedPolicy | string {
    const { webContents, choosePolicy } = this.#sharing;
    if (webContents !== null && !webContents.includes(frame.webContents))
      return 'the manager is not shared with this window';
    try {
      return choosePolicy(frame) ?? `the manager is not shared with ${frame.origin}${within(frame)}`;
    } catch (error) {
      // A function of the application has thrown, or has given what is no policy. The frame does not wait for it.
      reportUncaught(error);
      return 'the policy of the manager has failed';
    }
  }

  #refuse(port: MainMessagePort, reason: string, frame: FrameFacts | null, isTold = true): void {
    const error = new NetworkError('content-access-denied', reason);
    port.postMessage(refusal(error.toJSON()));
    port.close();
    if (isTold) this.emit('refused', reason, frame);
  }

  #serve(
    port: MainMessagePort,
    policy: ResolvedPolicy,
    frame: FrameFacts & FrameIdentity,
    rate: ClientRate,
  ): void {
    const contents = this.#contentsOf(frame.webContents);
    const served = new ServedPort(this.#manager, mainPort(port), policy, rate);
    served.on('policyViolated', (violation) => this.emit('policyViolated', violation, frame));
    contents.add(frame, served);
    this.emit('connected', frame, served);
  }

  /** One for an origin in a window: neither a reload nor another frame begins a new one. */
  #rateOf({ webContents, origin }: FrameFacts): ClientRate {
    const rates = this.#rates.get(webContents) ?? new Map<string, ClientRate>();
    this.#rates.set(webContents, rates);
    const rate = rates.get(origin) ?? new ClientRate(this.#manager.clock ?? systemClock);
    // The one that was used last stands last.
    rates.delete(origin);
    rates.set(origin, rate);
    if (rates.size > MOST_ORIGINS) rates.delete(rates.keys().next().value!);
    return rate;
  }

  #contentsOf(webContents: ElectronWebContents): WatchedContents {
    const known = this.#watched.get(webContents);
    if (known !== undefined) return known;
    const made = new WatchedContents(webContents, () => this.#watched.delete(webContents));
    this.#watched.set(webContents, made);
    return made;
  }
}

function within({ ancestorOrigins }: FrameFacts): string {
  return ancestorOrigins.length === 0 ? '' : ` in a frame of ${ancestorOrigins.join(' in one of ')}`;
}
