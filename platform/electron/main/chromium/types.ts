/** What is used of Electron's `net`, in its own names. */

// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** Electron's `net`, of the main process or of a utility process. */
export interface ElectronNet {
  // biome-ignore lint/suspicious/noExplicitAny: Electron's types take its own Session alone
  request(options: any): ElectronClientRequest;
}

/** Electron's `ClientRequest`. */
export interface ElectronClientRequest {
  on(event: 'response', listener: (response: ElectronIncomingMessage) => void): unknown;
  on(
    event: 'redirect',
    listener: (status: number, method: string, url: string, headers: Record<string, string[]>) => void,
  ): unknown;
  on(event: 'login', listener: (info: ElectronAuthInfo, callback: ElectronLogin) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  setHeader(name: string, value: string): void;
  // biome-ignore lint/suspicious/noExplicitAny: Electron's types take Node's Buffer alone
  end(chunk?: any): unknown;
  abort(): void;
}

/** Electron's `AuthInfo`. */
export interface ElectronAuthInfo {
  readonly isProxy: boolean;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly realm: string;
}

/** Called without arguments, it lets the response through that has asked. */
export type ElectronLogin = (username?: string, password?: string) => void;

/** Electron's `IncomingMessage`. It is a Readable of Node, which its types do not say. */
export interface ElectronIncomingMessage {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly httpVersion: string;
  readonly rawHeaders: string[];
  on(event: 'data' | 'end' | 'error' | 'aborted', listener: Listener): unknown;
}
