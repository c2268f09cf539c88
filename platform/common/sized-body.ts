import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';
import type { ResponseBody } from '../../src/message/body.ts';
import { contentLength } from '../../src/message/content-length.ts';
import type { HttpHeaders } from '../../src/message/headers.ts';
import type { ParsedUrl } from '../../src/util/url.ts';

/**
 * Bytes of a body that a platform has decoded, −1 where its Content-Length may be that of coded bytes: the fields show a
 * coding, or are of another origin, which shows the length and hides the coding (CORS safelist), unless the application says
 * that there is none.
 */
export function knownLength(
  { method, options }: HttpRequest,
  { origin }: ParsedUrl,
  headers: HttpHeaders,
  isFiltered: boolean,
): number {
  const mayBeDecoded =
    headers.has('content-encoding') || (isFiltered && !options.unencodedOrigins.includes(origin));
  return mayBeDecoded || method === 'HEAD' ? -1 : contentLength(headers);
}

/**
 * A body that fails where it ends before its Content-Length, for a platform that passes it for complete (WebKit).
 * @param length bytes that were announced for what is read, no coding having been undone
 */
export function sizedBody(source: ResponseBody, length: number, url: string): ResponseBody {
  let received = 0;
  return {
    start(sink) {
      source.start({
        data: (chunk, lent) => {
          received += chunk.length;
          sink.data(chunk, lent);
        },
        end: (trailers) => {
          if (received >= length) sink.end(trailers);
          else sink.fail(cutOff(received, length, url));
        },
        fail: (error) => sink.fail(error),
      });
    },
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel: (reason) => source.cancel(reason),
  };
}

function cutOff(received: number, length: number, url: string): NetworkError {
  const message = `the body ended after ${received} of ${length} bytes: the connection was lost`;
  return new NetworkError('remote-host-closed', message, { url });
}
