import { refuseSurplus } from './checks/surplus.ts';
import { MANAGER_SIGNALS, type ManagerSignals } from './manager-signals.ts';
import type { BodyInput } from './message/body-input.ts';
import type { NetworkRequest, RequestInput } from './options/options.ts';
import { type Operation, operationOf } from './reply/operation.ts';
import type { NetworkReply } from './reply/reply.ts';
import type { ReplyOwner } from './reply/reply-signals.ts';
import { type ConnectOptions, connectRequest, toNetworkRequest } from './resolve-request.ts';
import { Signals } from './signals.ts';

const CONNECT_OPTIONS = 'are taken by connectToHostEncrypted(host, port, { tls })';

/** Where a client keeps whom its replies belong to: no name, which a subclass could have, too. */
export const OWNER = Symbol('owner');

/** What a manager, or a client that is connected to one, can be asked to do: every verb starts an operation. */
export abstract class Verbs extends Signals<ManagerSignals> {
  /** @internal */
  constructor() {
    super(MANAGER_SIGNALS);
  }

  /** A HEAD: status and fields of the response to a GET, without its body. The reply is returned at once; await `completed`. */
  head(request: RequestInput, ...surplus: never[]): NetworkReply {
    refuseSurplus('head', surplus);
    return this.#start('head', request);
  }

  /** A GET; with a body where the transport can send one (not in a page). */
  get(request: RequestInput, body?: BodyInput | null, ...surplus: never[]): NetworkReply {
    refuseSurplus('get', surplus);
    return this.#start('get', request, body);
  }

  /** A POST with that body; its Content-Type is added where the kind of body implies one and none is set. */
  post(request: RequestInput, body?: BodyInput | null, ...surplus: never[]): NetworkReply {
    refuseSurplus('post', surplus);
    return this.#start('post', request, body);
  }

  /** Sends a body that takes the place of what is there; a Content-Type is added as with `post`. */
  put(request: RequestInput, body?: BodyInput | null, ...surplus: never[]): NetworkReply {
    refuseSurplus('put', surplus);
    return this.#start('put', request, body);
  }

  /** Has a resource removed, without a body. Qt: `deleteResource()`. */
  deleteResource(request: RequestInput, ...surplus: never[]): NetworkReply {
    refuseSurplus('deleteResource', surplus);
    return this.#start('delete', request);
  }

  /** {@link deleteResource} under the name of the verb. */
  delete(request: RequestInput, ...surplus: never[]): NetworkReply {
    refuseSurplus('delete', surplus);
    return this.deleteResource(request);
  }

  /** Sends a body that changes what is there; a Content-Type is added as with `post`. */
  patch(request: RequestInput, body?: BodyInput | null, ...surplus: never[]): NetworkReply {
    refuseSurplus('patch', surplus);
    return this.sendCustomRequest(request, 'PATCH', body);
  }

  /**
   * Any other verb. GET, HEAD, PUT, POST and DELETE, in upper or lower case, become the operations of those names.
   * @throws TypeError when `verb` is not a token
   */
  sendCustomRequest(
    request: RequestInput,
    verb: string,
    body?: BodyInput | null,
    ...surplus: never[]
  ): NetworkReply {
    refuseSurplus('sendCustomRequest', surplus);
    const operation = operationOf(verb);
    const given = toNetworkRequest(request);
    return this.#start(operation, operation === 'custom' ? { ...given, method: verb } : given, body);
  }

  /** {@link sendCustomRequest} with the verb first. */
  request(method: string, request: RequestInput, body?: BodyInput | null, ...surplus: never[]): NetworkReply {
    refuseSurplus('request', surplus);
    return this.sendCustomRequest(request, method, body);
  }

  /**
   * Opens a connection that a later request to that host uses. Its reply finishes when the connection stands.
   * @param port default: 80
   */
  connectToHost(host: string, port = 80, ...surplus: never[]): NetworkReply {
    refuseSurplus('connectToHost', surplus, CONNECT_OPTIONS);
    return this.#start('get', connectRequest('http', host, port));
  }

  /**
   * Like {@link connectToHost}, with TLS; `tls.servername` is Qt's peer name. Only requests with the same `tls` will
   * use the connection.
   * @param port default: 443
   */
  connectToHostEncrypted(
    host: string,
    port = 443,
    options: ConnectOptions = {},
    ...surplus: never[]
  ): NetworkReply {
    refuseSurplus('connectToHostEncrypted', surplus, CONNECT_OPTIONS);
    return this.#start('get', connectRequest('https', host, port, options));
  }

  /** Makes the reply of every request; documented at the manager. */
  protected abstract createRequest(
    operation: Operation,
    request: NetworkRequest,
    body?: BodyInput | null,
  ): NetworkReply;

  /** @internal Whom replies belong to. Not by a name, which a class of the application's could have, too. */
  abstract readonly [OWNER]: ReplyOwner<NetworkReply>;

  #start(operation: Operation, request: RequestInput, body?: BodyInput | null): NetworkReply {
    return this.createRequest(operation, toNetworkRequest(request), body).attach(this[OWNER]);
  }
}
