/** For the main process of Electron: one manager, shared with the pages of its windows, and what it takes from a session. */

export type { AllowedOrigin, BridgePolicy, BridgePolicyInput } from '../bridge/policy/policy.ts';
export {
  type CertificatesOfOptions,
  certificatesOf,
  type ElectronCertificate,
  type ElectronVerifyingSession,
  type ElectronVerifyProc,
  type ElectronVerifyRequest,
} from './main/chromium/certificates-of.ts';
export { type ElectronTransportOptions, electronTransport } from './main/chromium/electron-transport.ts';
export type {
  ElectronAuthInfo,
  ElectronClientRequest,
  ElectronIncomingMessage,
  ElectronLogin,
  ElectronNet,
} from './main/chromium/types.ts';
export { type ElectronProxySession, electronProxies } from './main/electron-proxies.ts';
export type { FrameFacts, FramePolicy } from './main/frame-policy.ts';
export { type ShareOptions, shareManager } from './main/share-manager.ts';
export { SharedManager, type SharedManagerSignals } from './main/shared-manager.ts';
export {
  type CookieSync,
  type ElectronCookies,
  type SyncCookiesOptions,
  syncCookies,
} from './main/sync-cookies.ts';
export type { ElectronFrame, ElectronIpc, ElectronIpcEvent, ElectronWebContents } from './main/types.ts';
