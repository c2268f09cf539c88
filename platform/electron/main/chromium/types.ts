/** What is used of Electron's `net`, in its own names. */

// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** Electron's `net`, of the main process or of a utility process. */
export interface ElectronNet {
  /** Makes a request that is sent when it is ended. */
  // biome-ignore lint/suspicious/noExplicitAny: Electron's types take its own Session alone
  request(options: any): ElectronClientRequest;
}

/** What is used of Electron's `ClientRequest`: one exchange, made with `redirect: 'manual'`. */
export interface ElectronClientRequest {
  /** Hears of the head, of a redirect, of who wants to know who asks, and of failure. */
  on(event: 'response', listener: (response: ElectronIncomingMessage) => void): unknown;
  on(
    event: 'redirect',
    listener: (status: number, method: string, url: string, headers: Record<string, string[]>) => void,
  ): unknown;
  on(event: 'login', listener: (info: ElectronAuthInfo, callback: ElectronLogin) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Adds a field in place of those of the same name. */
  setHeader(name: string, value: string): void;
  /** Sends it, with the last bytes of its body. */
  // biome-ignore lint/suspicious/noExplicitAny: Electron's types take Node's Buffer alone
  end(chunk?: any): unknown;
  /** Gives it up; its response ends, too. */
  abort(): void;
}

/** What Electron's `AuthInfo` says of whoever wants to know who asks. */
export interface ElectronAuthInfo {
  /** A proxy asks, and not the server of the URL. */
  readonly isProxy: boolean;
  /** `basic`, `digest`, `ntlm` or `negotiate`. */
  readonly scheme: string;
  /** Name or address of the one that asks. */
  readonly host: string;
  /** Where that listens. */
  readonly port: number;
  /** What its challenge calls the protected area. */
  readonly realm: string;
}

/** Called without arguments, it lets the response through that has asked. */
export type ElectronLogin = (username?: string, password?: string) => void;

/** Electron's `IncomingMessage`. It is a Readable of Node, which its types do not say. */
export interface ElectronIncomingMessage {
  /** Three digits. */
  readonly statusCode: number;
  /** The reason phrase of HTTP/1; empty over HTTP/2 and 3. */
  readonly statusMessage: string;
  /** As Electron tells it, which over TLS need not be what was spoken. */
  readonly httpVersion: string;
  /** Names and values of all fields, one after the other, as they came. */
  readonly rawHeaders: string[];
  /** Hears of the bytes of the body, of its end, and of what breaks it off. */
  on(event: 'data' | 'end' | 'error' | 'aborted', listener: Listener): unknown;
}
