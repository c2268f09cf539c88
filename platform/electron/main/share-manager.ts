import { type Checks, checkOptions, hasMethods, withMethods } from '../../../src/checks/checker.ts';
import type { Manager } from '../../../src/manager.ts';
import { type FramePolicy, policyChooser } from './frame-policy.ts';
import { SharedManager } from './shared-manager.ts';
import type { ElectronIpc, ElectronWebContents } from './types.ts';

/** What `shareManager` takes beside the manager: who may ask, and for what. */
export interface ShareOptions {
  /** Electron's `ipcMain`, on which preloads hand ports over. */
  readonly ipcMain: ElectronIpc;
  /** Those whose frames may ask. @default every frame that the policy serves */
  readonly webContents?: ElectronWebContents | readonly ElectronWebContents[];
  /** Who is served, and what each may do. What a policy does not set is at its safe default. */
  readonly policy: FramePolicy;
}

const isWebContents = (value: unknown): boolean => hasMethods(value, ['isDestroyed', 'on', 'off']);

const CHECKS: Checks<ShareOptions> = {
  ipcMain: { ...withMethods('on', 'off'), isRequired: true },
  webContents: {
    expected: 'a WebContents, or an array of them',
    accepts: (value) => (Array.isArray(value) ? value.every(isWebContents) : isWebContents(value)),
  },
  policy: {
    expected: 'an object of origins and their policies, or a function of the frame',
    accepts: (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
    isRequired: true,
  },
};

/**
 * Lets pages of windows use this manager (`connectManager`), as far as the policy allows. Their preload calls `exposeManager`.
 *
 *     shareManager(manager, { ipcMain, policy: { 'app://main': { origins: ['https://api.example.com'] } } });
 *
 * @throws TypeError that names the option when it is unknown, ill-typed or missing
 */
export function shareManager(manager: Manager, options: ShareOptions): SharedManager {
  const { ipcMain, webContents, policy } = checkOptions('shareManager', options, CHECKS);
  const listed = webContents === undefined ? null : [webContents].flat();
  return new SharedManager(manager, {
    ipcMain,
    webContents: listed,
    choosePolicy: policyChooser(policy, manager),
  });
}
