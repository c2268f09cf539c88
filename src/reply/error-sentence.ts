import type { HttpRequest } from '../call/request.ts';
import { NetworkError, type NetworkErrorCode, publicUrl } from '../error.ts';
import { hintOfScheme } from '../util/url.ts';

/** Most characters of a URL in a sentence: a `data:` URL may have a million. */
const MOST_OF_URL = 300;

/** What can be done about an error, where its code alone tells that, and a word that says as much. */
const WHAT_TO_DO: Partial<Record<NetworkErrorCode, readonly [word: string, advice: string]>> = {
  'host-not-found': ['check', 'check the name of the host, and the network'],
  'connection-refused': ['check', 'check the host and port: nothing listens there, or a firewall refuses'],
  timeout: [
    'timeout',
    'the option timeouts bounds each phase, transferTimeout the time in which no byte moves',
  ],
  'insecure-redirect': ['redirectpolicy', 'the option redirectPolicy says which redirects are followed'],
  'content-resend': ['again', 'bytes, a Blob or a form can be sent again, a stream cannot'],
};

/** The request as a sentence names it: `GET https://origin.test/path`, without credentials. */
export function requestName(method: string, url: string): string {
  return `${method} ${shownUrl(url)}`;
}

function shownUrl(url: string): string {
  const shown = publicUrl(url);
  return shown.length > MOST_OF_URL ? `${shown.slice(0, MOST_OF_URL)}…` : shown;
}

/** What has been put into words, for which request, and what it said before. */
const told = new WeakMap<NetworkError, { readonly request: HttpRequest; readonly reason: string }>();

/**
 * The error with a whole sentence: which request has failed, why, and what can be done. What notices a failure deep down
 * knows the reason alone. Requests that fail of the same error get one each.
 */
export function withSentence(error: NetworkError, request: HttpRequest): NetworkError {
  const earlier = told.get(error);
  if (earlier?.request === request) return error;
  const reason = earlier?.reason ?? error.message;
  const own = earlier === undefined ? error : copyOf(error, reason);
  told.set(own, { request, reason });
  own.message = sentence(own, request);
  // It begins with the message as it was, and is what logs show.
  if (own.stack !== undefined && reason !== '') own.stack = own.stack.replace(reason, () => own.message);
  return own;
}

function sentence({ code, message, url }: NetworkError, request: HttpRequest): string {
  const where = url ?? request.url.href;
  const name = requestName(request.method, where);
  const [word, advice] = WHAT_TO_DO[code] ?? ['', ''];
  const whole = message.startsWith(name) ? message : `${name}: ${message}`;
  const hint = code === 'protocol-unknown' ? hintOfScheme(shownUrl(where)) : '';
  if (hint !== '') return whole + hint;
  return message.toLowerCase().includes(word) ? whole : `${whole} (${advice})`;
}

function copyOf(error: NetworkError, message: string): NetworkError {
  return new NetworkError(error.code, message, { ...error, cause: error.cause });
}
