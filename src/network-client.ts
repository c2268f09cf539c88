import type { ManagerSignals } from './manager-signals.ts';
import type { BodyInput } from './message/body-input.ts';
import type { RequestInput } from './options/options.ts';
import type { NetworkReply } from './reply/reply.ts';
import type { Signals } from './signals.ts';

/**
 * What makes requests: a manager, or whatever stands for one that lives elsewhere. A library that takes a client asks for
 * this, and can be given any.
 */
export interface NetworkClient
  extends Pick<Signals<ManagerSignals>, 'on' | 'once' | 'off' | 'removeAllListeners' | 'listenerCount'>,
    AsyncDisposable {
  head(request: RequestInput): NetworkReply;
  get(request: RequestInput, body?: BodyInput | null): NetworkReply;
  post(request: RequestInput, body?: BodyInput | null): NetworkReply;
  put(request: RequestInput, body?: BodyInput | null): NetworkReply;
  deleteResource(request: RequestInput): NetworkReply;
  delete(request: RequestInput): NetworkReply;
  patch(request: RequestInput, body?: BodyInput | null): NetworkReply;
  sendCustomRequest(request: RequestInput, verb: string, body?: BodyInput | null): NetworkReply;
  request(method: string, request: RequestInput, body?: BodyInput | null): NetworkReply;
  /** A WHATWG fetch, bound. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit | null) => Promise<Response>;
  /** Schemes that requests may have. */
  supportedSchemes(): string[];
  /** Fails what is in flight and lets go of every connection. */
  close(): Promise<void>;
}
