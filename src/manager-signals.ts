import type { Authenticator } from './call/authentication.ts';
import type { PreSharedKeyAuthenticator } from './call/pre-shared-key.ts';
import type { NetworkReply } from './reply/reply.ts';
import type { SslError } from './util/ssl-error.ts';

/** For a check at run time: a row for each signal, so that none can be forgotten. */
export const MANAGER_SIGNALS: ReadonlySet<string> = new Set(
  Object.keys({
    finished: 1,
    encrypted: 1,
    sslErrors: 1,
    preSharedKeyAuthenticationRequired: 1,
    authenticationRequired: 1,
    proxyAuthenticationRequired: 1,
    faultOccurred: 1,
  } satisfies Record<keyof ManagerSignals, 1>),
);

/**
 * The signals of a manager: those of its replies, with the reply as first argument, emitted before the reply's own.
 *
 * Source: https://doc.qt.io/qt-6/qnetworkaccessmanager.html#signals
 */
export type ManagerSignals = {
  /** A reply made by one of the verbs has finished; not for replies of a direct `createRequest`. */
  finished: (reply: NetworkReply) => void;
  /**
   * A reply's connection has finished its TLS handshake and nothing has been sent. Asks: listeners may be async, and one
   * that fails means no. Asked for validations in the background of a cache, too, whose replies have no other listener.
   */
  encrypted: (reply: NetworkReply) => unknown;
  /**
   * The certificates of a server cannot be accepted as they are. Asks, like `encrypted`: a listener that wants to go on all
   * the same calls `reply.ignoreSslErrors()`, best with the very errors that it expects.
   */
  sslErrors: (reply: NetworkReply, errors: readonly SslError[]) => unknown;
  /**
   * A connection over TLS is about to be opened, and a key may stand in place of certificates. Asks, before anything is sent:
   * fill in `identity` and `preSharedKey`. Asked for each connection until a server has accepted a key, which is then
   * remembered for it. Where there is no capability `tls`, and over `NodeHttpTransport`, it is not asked.
   */
  preSharedKeyAuthenticationRequired: (
    reply: NetworkReply,
    authenticator: PreSharedKeyAuthenticator,
  ) => unknown;
  /**
   * A server wants to know who asks, and neither the URL, nor what was given before, nor the option `credentials` answers it.
   * Asks: fill in `user` and `password`; listeners may be async, and one that fails has filled nothing in. The reply's own
   * listeners are asked afterwards.
   */
  authenticationRequired: (reply: NetworkReply, authenticator: Authenticator) => unknown;
  /**
   * The same of a proxy for HTTP, named by its URL without credentials. SOCKS proxies are not asked for: their credentials are
   * in the URL of the proxy. Not emitted where the transport has no capability `proxy`.
   */
  proxyAuthenticationRequired: (proxy: string, authenticator: Authenticator) => unknown;
  /**
   * Something went wrong beside the replies: a store (HSTS) had trouble and goes on without (unreadable content, a full
   * disk), a listener of `encrypted` failed for a request in the background,
   * one of `authenticationRequired` failed, credentials went over http as Basic, or a body that was not read gave way to
   * requests that waited for its host. Unheard, it is a console warning.
   */
  faultOccurred: (fault: Error) => void;
};
