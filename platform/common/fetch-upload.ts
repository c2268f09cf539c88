import type { Call } from '../../src/call/call.ts';
import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import { refusal } from '../../src/call/refusal.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import type { RequestBody } from '../../src/message/body.ts';
import { collectBody } from '../../src/message/collect-body.ts';
import { sourceFailure } from '../../src/message/source-failure.ts';

/**
 * A body that is not in memory, as fetch takes it: streamed where the platform does that (on request only, where that is
 * half duplex), else collected.
 *
 * @throws NetworkError protocol-invalid-operation, capability `requestStreams`, when this runtime cannot stream what it was
 * asked to
 */
export async function uploadInit(
  request: HttpRequest,
  body: RequestBody,
  capabilities: TransportCapabilities,
  call: Call,
  signal: AbortSignal,
): Promise<RequestInit & { duplex?: 'half' }> {
  const { requestStreams } = capabilities;
  const { duplex, maximumCollectedUpload } = request.options;
  const isAsked = requestStreams === 'half-duplex' && duplex === 'half';
  if (isAsked && !supportsRequestStreams())
    throw refusal(request, capabilities, 'requestStreams', "duplex 'half'");
  return isAsked || requestStreams === 'always'
    ? { body: uploadStream(guarded(body, signal), call), duplex: 'half' }
    : { body: await collectGuarded(body, maximumCollectedUpload, signal) };
}

/**
 * The whole of a body that is not in memory. Its source is closed as soon as `signal` aborts.
 * @throws NetworkError when it is too long, its source fails, or breaks its promised length
 */
export function collectGuarded(
  body: RequestBody,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  return collectBody(guarded(body, signal), limit);
}

function guarded(body: RequestBody, signal: AbortSignal): RequestBody {
  return { ...body, open: () => guardedChunks(body, signal) };
}

/**
 * The chunks of a body. Its source is closed as soon as `signal` aborts.
 * @throws NetworkError when the source fails or breaks its promised length
 */
async function* guardedChunks(body: RequestBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* chunksUntil(body, signal);
  } catch (cause) {
    throw sourceFailure(cause);
  }
}

async function* chunksUntil(body: RequestBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = body.open()[Symbol.asyncIterator]();
  const close = (): void => {
    source.return?.().catch(() => {});
  };
  signal.addEventListener('abort', close);
  let sent = 0;
  let complete = false;
  try {
    for (;;) {
      const { done, value } = await source.next();
      if (done === true) break;
      sent += value.length;
      yield value;
    }
    complete = true;
    if (body.length !== null && body.length !== sent) {
      throw new Error(`it was announced with ${body.length} bytes and yielded ${sent}`);
    }
  } finally {
    signal.removeEventListener('abort', close);
    if (!complete) close();
  }
}

function uploadStream(body: RequestBody, call: Call): ReadableStream<Uint8Array> {
  const source = body.open()[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      // The network took what came before: that is all that can be known of its progress.
      call.idle?.touch();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await source.return?.();
    },
  });
}

/**
 * Whether the fetch of this runtime streams request bodies. Without support a stream is turned into text, which brings a
 * Content-Type, and `duplex` is never read.
 *
 * Source: https://developer.chrome.com/docs/capabilities/web-apis/fetch-streaming-requests#feature_detection
 */
export function supportsRequestStreams(): boolean {
  let duplexRead = false;
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      duplexRead = true;
      return 'half';
    },
  };
  try {
    const { headers } = new Request('https://probe.invalid', init);
    return duplexRead && !headers.has('content-type');
  } catch {
    return false;
  }
}
