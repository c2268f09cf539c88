import { ask } from '../../../../src/call/ask.ts';
import type { AuthenticationScheme } from '../../../../src/call/authentication.ts';
import type { Call } from '../../../../src/call/call.ts';
import type { HttpRequest } from '../../../../src/call/request.ts';
import type { HttpResponse } from '../../../../src/call/response.ts';
import type { NetworkError } from '../../../../src/error.ts';
import { withoutFragment } from '../../../../src/util/url.ts';
import { collectGuarded } from '../../../common/fetch-upload.ts';
import { ReadableBody, type ReadableMessage } from '../../../common/readable-body.ts';
import { netFailure } from './net-failure.ts';
import { requestFields, requestOptions } from './net-request.ts';
import { finalResponse, redirectResponse } from './net-response.ts';
import type {
  ElectronAuthInfo,
  ElectronClientRequest,
  ElectronIncomingMessage,
  ElectronLogin,
  ElectronNet,
} from './types.ts';

/** Credentials of one request that Chromium is given, by whoever refuses them. */
const MOST_LOGINS = 3;

/** One request of Electron's `net`, from its first event to the last byte of the answer. */
export class NetExchange {
  place = 0;
  /** The final head, or that of a redirect; rejects with a NetworkError. */
  readonly response: Promise<HttpResponse>;
  readonly #request: HttpRequest;
  readonly #call: Call;
  readonly #onOver: () => void;
  readonly #forgetCancel: () => void;
  readonly #url: string;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: NetworkError) => void;
  #client: ElectronClientRequest | null = null;
  /** Lets the source of an upload go. */
  readonly #collecting = new AbortController();
  #body: ReadableBody | null = null;
  #logins = 0;
  #isOver = false;

  /** @param onOver called once, when nothing of it is left */
  constructor(request: HttpRequest, call: Call, onOver: () => void) {
    this.#request = request;
    this.#call = call;
    this.#onOver = onOver;
    this.#url = withoutFragment(request.url);
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#forgetCancel = call.onCancel((reason) => this.fail(reason));
  }

  begin(net: ElectronNet, { session }: { readonly session?: object }): void {
    try {
      const options = requestOptions(this.#request);
      const client = net.request(session === undefined ? options : { ...options, session });
      this.#client = client;
      // It has errors to tell when all is over, too.
      client.on('error', (error) => this.fail(netFailure(error, this.#url)));
      client.on('redirect', (status, _method, target, fields) => this.#redirected(status, target, fields));
      client.on('login', (info, callback) => this.#login(info, callback));
      client.on('response', (message) => this.#deliver(message));
      for (const [name, value] of requestFields(this.#request)) client.setHeader(name, value);
      this.#send(client).catch((cause: unknown) => this.fail(netFailure(cause, this.#url)));
    } catch (thrown) {
      this.fail(netFailure(thrown, this.#url));
    }
  }

  /** Ends it with an error, wherever it stands. */
  fail(error: NetworkError): void {
    if (this.#isOver) return;
    this.#finish();
    this.#client?.abort();
    if (this.#body === null) this.#reject(error);
    else this.#body.fail(error);
  }

  async #send(client: ElectronClientRequest): Promise<void> {
    const { body, options } = this.#request;
    if (body === null) {
      client.end();
      return;
    }
    const { signal } = this.#collecting;
    const bytes = body.bytes ?? (await collectGuarded(body, options.maximumCollectedUpload, signal));
    if (this.#isOver) return;
    this.#call.idle?.touch();
    client.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  #redirected(status: number, target: string, fields: Record<string, string[]>): void {
    if (this.#isOver) return;
    this.#call.timings.responseStart = this.#call.time();
    this.#finish();
    this.#resolve(redirectResponse(this.#request, status, target, fields));
    // Left alone it fails, which is no error.
    this.#client!.abort();
  }

  #deliver(message: ElectronIncomingMessage): void {
    if (this.#isOver) return;
    this.#call.timings.responseStart = this.#call.time();
    // Electron's types do not say that it is a Readable of Node's.
    this.#body = new ReadableBody(message as ElectronIncomingMessage & ReadableMessage, {
      ended: () => this.#finish(),
      abandoned: () => {
        this.#finish();
        this.#client!.abort();
      },
    });
    message.on('error', (error) => this.fail(netFailure(error, this.#url)));
    message.on('aborted', () => this.fail(netFailure(new Error('net::ERR_ABORTED'), this.#url)));
    this.#resolve(finalResponse(this.#request, message, this.#body));
  }

  /** What our own stages answer (Basic, Digest) comes as a 401; the rest is Chromium's to answer. */
  #login({ isProxy, scheme, host, port, realm }: ElectronAuthInfo, callback: ElectronLogin): void {
    const isOurs = !isProxy && (scheme === 'basic' || scheme === 'digest');
    if (this.#isOver || isOurs || this.#logins === MOST_LOGINS) {
      callback();
      return;
    }
    const challenge = {
      scheme: scheme as AuthenticationScheme,
      realm,
      origin: isProxy ? `http://${host}:${port}` : this.#request.url.origin,
      isProxy,
      attempt: ++this.#logins,
      options: {},
    };
    ask(this.#call, { type: isProxy ? 'proxyAuthentication' : 'authentication', challenge }).then(
      ({ credentials }) => {
        if (this.#isOver || credentials === null || !('user' in credentials)) callback();
        else callback(accountOf(credentials), credentials.password);
      },
      (cause: unknown) => {
        callback();
        this.fail(netFailure(cause, this.#url));
      },
    );
  }

  #finish(): void {
    this.#isOver = true;
    this.#forgetCancel();
    this.#collecting.abort();
    this.#onOver();
  }
}

function accountOf({
  user,
  domain,
}: {
  readonly user: string;
  readonly domain?: string | undefined;
}): string {
  return domain === undefined || domain === '' ? user : `${domain}\\${user}`;
}
