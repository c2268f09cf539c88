import type { Call } from '../../src/call/call.ts';
import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import { refusal } from '../../src/call/refusal.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { Transport } from '../../src/call/transport.ts';
import { NetworkError } from '../../src/error.ts';
import type { RequestBody } from '../../src/message/body.ts';
import { bytesBody } from '../../src/message/bytes-body.ts';
import { UNTOLD_SECURITY } from '../../src/message/connection-security.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import { reachOfPlatform } from '../../src/redirect/platform-redirect.ts';
import { parseUrl, withoutFragment } from '../../src/util/url.ts';
import { unknownNetwork } from '../common/fetch-failure.ts';
import { xhrUploadCapabilities } from '../common/fetch-transport-capabilities.ts';
import { collectGuarded } from '../common/fetch-upload.ts';
import { platformBlob } from '../common/platform-blob.ts';
import { knownLength, sizedBody } from '../common/sized-body.ts';

/**
 * Uploads that tell how far they are, in a page or a worker: `new NetworkAccessManager({ uploadProgress: xhrUploads })`
 * sends the requests that say `uploadProgress: true` by XMLHttpRequest, because no fetch counts what the network takes. It
 * has its price: across origins a preflight, and the response comes when all of it is there. A service worker has no
 * XMLHttpRequest; there such requests are refused.
 *
 * Redirects cannot be forbidden, so a request with fields that are for one origin alone is refused unless
 * `trustedRedirectOrigins` are set.
 */
export const xhrUploads: Transport = {
  get capabilities(): TransportCapabilities {
    return { ...xhrUploadCapabilities, uploadProgress: typeof XMLHttpRequest === 'function' };
  },
  async send(request, call) {
    call.throwIfCancelled();
    refuse(request);
    const payload = await payloadOf(request.body!, request.options.maximumCollectedUpload, call);
    call.throwIfCancelled();
    return new Promise((resolve, reject) => upload(request, payload, call, resolve, reject));
  },
  // It has nothing of its own: every upload ends with its request.
  close: async () => {},
};

/** What XMLHttpRequest cannot be told, and what it would take to other origins. */
function refuse(request: HttpRequest): void {
  const { cookieLoadControl } = request.options;
  const refused = (what: string): NetworkError =>
    refusal(request, xhrUploadCapabilities, 'redirectMode', what);
  const { to, field } = reachOfPlatform(request, globalThis.origin ?? null);
  if (to !== 'any-origin') throw refused(`the field ${field} without trustedRedirectOrigins`);
  if (cookieLoadControl === 'manual')
    throw refusal(request, xhrUploadCapabilities, 'credentialsMode', "cookieLoadControl 'manual'");
}

interface Payload {
  readonly body: Blob | Uint8Array<ArrayBuffer>;
  readonly length: number;
}

/** A body whose length is known, because the last that is told is all of it. */
async function payloadOf(body: RequestBody, most: number, call: Call): Promise<Payload> {
  const blob = body.bytes === null ? await platformBlob(body) : undefined;
  if (blob !== undefined) return { body: blob, length: blob.size };
  const bytes = (body.bytes ?? (await collect(body, most, call))) as Uint8Array<ArrayBuffer>;
  return { body: bytes, length: bytes.length };
}

/** A source may never go on: it is given up with the call. */
async function collect(body: RequestBody, most: number, call: Call): Promise<Uint8Array<ArrayBuffer>> {
  const controller = new AbortController();
  const forget = call.onCancel(() => controller.abort());
  try {
    return await call.wait(collectGuarded(body, most, controller.signal));
  } finally {
    forget();
  }
}

function upload(
  request: HttpRequest,
  { body, length }: Payload,
  call: Call,
  resolve: (response: HttpResponse) => void,
  reject: (error: unknown) => void,
): void {
  const { method, headers, options } = request;
  const url = withoutFragment(request.url);
  const xhr = new XMLHttpRequest();
  const forget = call.onCancel(() => xhr.abort());
  let told = 0;
  const tell = (sent: number): void => {
    if (sent <= told) return;
    told = sent;
    call.emit({ type: 'upload-progress', sent, total: length });
  };
  const fail = (error: NetworkError): void => {
    forget();
    reject(call.cancelled ?? error);
  };
  // Engines count bytes of theirs, too, and not all of them tell the end.
  xhr.upload.onprogress = ({ loaded }) => tell(Math.min(loaded, length));
  xhr.upload.onload = () => tell(length);
  xhr.onprogress = () => call.idle?.touch();
  xhr.onabort = () => fail(new NetworkError('operation-canceled', 'the upload was aborted', { url }));
  xhr.onerror = () => fail(unknownNetwork(new TypeError('the upload failed'), url));
  xhr.onload = () => {
    forget();
    call.timings.responseStart = call.time();
    const response = responseOf(xhr, request);
    // Chromium is silent about the end of a body that a redirect has left behind.
    if (response.redirectedByPlatform) tell(length);
    resolve(response);
  };
  try {
    xhr.open(method, url);
    xhr.responseType = 'arraybuffer';
    xhr.withCredentials = options.useCredentials;
    for (const [name, value] of headers) xhr.setRequestHeader(name, value);
    xhr.send(body);
  } catch (cause) {
    const message = `XMLHttpRequest: ${method} cannot be sent: ${String(cause)}`;
    fail(new NetworkError('protocol-invalid-operation', message, { url, cause }));
  }
}

function responseOf(xhr: XMLHttpRequest, request: HttpRequest): HttpResponse {
  const headers = HttpHeaders.adopt(pairsOf(xhr.getAllResponseHeaders()));
  const isElsewhere = xhr.responseURL !== '' && xhr.responseURL !== withoutFragment(request.url);
  const url = isElsewhere ? parseUrl(xhr.responseURL) : request.url;
  const isFiltered = url.origin !== globalThis.origin;
  const length = knownLength(request, url, headers, isFiltered);
  const body = bytesBody(new Uint8Array((xhr.response as ArrayBuffer | null) ?? new ArrayBuffer(0)));
  return {
    url,
    status: xhr.status,
    reason: xhr.statusText,
    httpVersion: '',
    headers,
    bodyLength: length,
    body: length > 0 ? sizedBody(body, length, url.href) : body,
    mayBeCutOff: length < 0,
    security: url.scheme === 'https' ? UNTOLD_SECURITY : null,
    source: 'network',
    redirectedByPlatform: isElsewhere,
    fidelity: isFiltered ? 'filtered' : 'decoded',
  };
}

/** XMLHttpRequest, getAllResponseHeaders(): `name: value`, lines ended by CRLF. */
function pairsOf(text: string): string[] {
  return text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [line.slice(0, colon), line.slice(colon + 1).trim()] : [];
  });
}
