import type { ServerSentEvent } from './event-stream/event-stream-parser.ts';
import type { EventOptions } from './event-stream/server-sent-events.ts';
import type { ManagerSignals } from './manager-signals.ts';
import type { BodyInput } from './message/body-input.ts';
import type { RequestInput } from './options/options.ts';
import type { NetworkReply } from './reply/reply.ts';
import type { ConnectOptions } from './resolve-request.ts';
import type { Signals } from './signals.ts';

/**
 * What makes requests: a manager, or whatever stands for one that lives elsewhere. A library that takes a client asks for
 * this, and can be given any.
 */
export interface NetworkClient
  extends Pick<Signals<ManagerSignals>, 'on' | 'once' | 'off' | 'removeAllListeners' | 'listenerCount'>,
    AsyncDisposable {
  /** Asks for status and fields alone, as a GET would have them. */
  head(request: RequestInput): NetworkReply;
  /** Asks for a resource. The reply is returned at once: await `json()`, `text()` … or `completed` of it. */
  get(request: RequestInput, body?: BodyInput | null): NetworkReply;
  /** Sends a body, whose kind implies a Content-Type where none is set. */
  post(request: RequestInput, body?: BodyInput | null): NetworkReply;
  /** Sends a body that takes the place of what is there. */
  put(request: RequestInput, body?: BodyInput | null): NetworkReply;
  /** Has a resource removed. Qt: `deleteResource()`. */
  deleteResource(request: RequestInput): NetworkReply;
  /** The verb DELETE: the same as {@link deleteResource}. */
  delete(request: RequestInput): NetworkReply;
  /** Sends a body that changes what is there. */
  patch(request: RequestInput, body?: BodyInput | null): NetworkReply;
  /** Any verb, as the second argument; in upper case where HTTP knows it. */
  sendCustomRequest(request: RequestInput, verb: string, body?: BodyInput | null): NetworkReply;
  /** The same as {@link sendCustomRequest}, with the verb first. */
  request(method: string, request: RequestInput, body?: BodyInput | null): NetworkReply;
  /** The server-sent events of a stream, as they arrive; leaving the loop ends the request. */
  events(request: RequestInput, options?: EventOptions): AsyncGenerator<ServerSentEvent, void, undefined>;
  /** Opens a connection that a later request to that host uses. Its reply finishes when the connection stands. */
  connectToHost(host: string, port?: number): NetworkReply;
  /** Like {@link connectToHost}, with TLS. */
  connectToHostEncrypted(host: string, port?: number, options?: ConnectOptions): NetworkReply;
  /** A WHATWG fetch, bound. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit | null) => Promise<Response>;
  /** Schemes that requests may have. */
  supportedSchemes(): string[];
  /** Fails what is in flight and lets go of every connection. */
  close(): Promise<void>;
}
