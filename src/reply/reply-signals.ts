import type { AuthenticationChallenge, Authenticator } from '../call/authentication.ts';
import type { PreSharedKeyAuthenticator } from '../call/pre-shared-key.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Next } from '../call/stage.ts';
import type { NetworkError } from '../error.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Signals } from '../signals.ts';
import type { SslError } from '../util/ssl-error.ts';

/**
 * The signals of a reply with Qt's names and order:
 *
 *     preSharedKeyAuthenticationRequired? → socketStartedConnecting? → sslErrors? → encrypted? → uploadProgress* → requestSent → (metaDataChanged → redirected)* →
 *     metaDataChanged → (readyRead → downloadProgress?)* → errorOccurred? → downloadProgress → readChannelFinished →
 *     finished
 *
 * `redirected` (under the policy user-verified), `sslErrors`, `encrypted` and `authenticationRequired` ask: the call waits for
 * promises that their listeners return. A listener that throws or rejects has said no: nothing more is sent, and the reply
 * ends with operation-canceled, which has the listener's error as its cause. One of `authenticationRequired` has filled
 * nothing in.
 *
 * Source: https://doc.qt.io/qt-6/qnetworkreply.html#signals
 */
export type ReplySignals = {
  /** A connection is being opened for this request; not on a reused one. */
  socketStartedConnecting: () => void;
  /** TLS is up on a fresh connection and nothing has been sent: the moment to look at the peer, or to abort. */
  encrypted: () => unknown;
  /**
   * The certificates of the server cannot be accepted as they are: all that is wrong with them. Nothing has been sent, and
   * nothing is while async listeners think. Call `ignoreSslErrors()` to go on all the same, over a new connection; else
   * the reply ends with ssl-handshake-failed.
   */
  sslErrors: (errors: readonly SslError[]) => unknown;
  /**
   * A connection over TLS is about to be opened, and a key may stand in place of certificates: fill in `identity` and
   * `preSharedKey`, or leave it as it is. A key that the server has accepted is remembered for it, and not asked for again.
   */
  preSharedKeyAuthenticationRequired: (authenticator: PreSharedKeyAuthenticator) => unknown;
  /**
   * The server wants to know who asks, and nothing that is known answers it: fill in `user` and `password`. Asked again,
   * with a larger `attempt`, when they are refused.
   */
  authenticationRequired: (authenticator: Authenticator) => unknown;
  /**
   * Bytes of the request body that the network took, and their total or −1. Nothing is told where the transport does not
   * count: in a page none but a request that says `uploadProgress: true` (`xhrUploads`), and nothing in the portable set.
   */
  uploadProgress: (bytesSent: number, bytesTotal: number) => void;
  /** The request has left. Again when it is sent anew. */
  requestSent: () => void;
  /**
   * An attempt has failed for this reason, and the next one, the `attempt`-th, begins in so many milliseconds (option
   * `retry`). Not a signal of Qt's.
   */
  retrying: (attempt: number, reason: NetworkError, delay: number) => void;
  /** A 1xx response (103 Early Hints). Not a signal of Qt's. */
  informational: (status: number, headers: HttpHeaders) => void;
  /** Status and headers are there (of a redirect, too). */
  metaDataChanged: () => void;
  /** A redirect to this URL is about to be followed. Under user-verified, call `redirectAllowed()` to let it. */
  redirected: (url: string) => unknown;
  /** New bytes can be read. */
  readyRead: () => void;
  /** Bytes received so far and the total, −1 while it is unknown. */
  downloadProgress: (bytesReceived: number, bytesTotal: number) => void;
  /** Something failed; `finished` follows. At most once. */
  errorOccurred: (error: NetworkError) => void;
  /** No more bytes will come. */
  readChannelFinished: () => void;
  /** The end, in every case, once. */
  finished: () => void;
};

/** For a check at run time: a row for each signal, so that none can be forgotten. */
export const REPLY_SIGNALS: ReadonlySet<string> = new Set(
  Object.keys({
    socketStartedConnecting: 1,
    encrypted: 1,
    authenticationRequired: 1,
    sslErrors: 1,
    preSharedKeyAuthenticationRequired: 1,
    uploadProgress: 1,
    requestSent: 1,
    retrying: 1,
    informational: 1,
    metaDataChanged: 1,
    redirected: 1,
    readyRead: 1,
    downloadProgress: 1,
    errorOccurred: 1,
    readChannelFinished: 1,
    finished: 1,
  } satisfies Record<keyof ReplySignals, 1>),
);

/** What a reply shows to the parts that it is made of. */
export interface ReplyFace extends Signals<ReplySignals> {
  readonly request: HttpRequest;
}

/** The signals of the manager that ask. */
export type AskedOfManager =
  | 'encrypted'
  | 'sslErrors'
  | 'preSharedKeyAuthenticationRequired'
  | 'authenticationRequired'
  | 'proxyAuthenticationRequired';

/** The manager as its replies know it. */
export interface ReplyOwner<Reply> {
  /** Told before the reply's own listeners, as in Qt; its own are called in the context of the reply. */
  finished(reply: Reply): void;
  /** Asks the listeners of the manager: resolves when all have settled, rejects when one fails, null when there is none. */
  ask(signal: AskedOfManager, ...given: readonly unknown[]): Promise<unknown> | null;
  /** Whether the manager has a listener. */
  listens?(signal: AskedOfManager): boolean;
  /** What listeners that are asked for credentials fill in. */
  authenticator?(challenge: AuthenticationChallenge): Authenticator | undefined;
  /** Tells the manager's `faultOccurred`. */
  readonly fault: (fault: Error) => void;
  /** See {@link CallSink.behind}. */
  behind(request: HttpRequest, run: Next): Promise<void>;
}
