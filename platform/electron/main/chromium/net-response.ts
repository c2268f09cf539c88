import type { HttpRequest } from '../../../../src/call/request.ts';
import type { HttpResponse } from '../../../../src/call/response.ts';
import { EMPTY_BODY, type ResponseBody } from '../../../../src/message/body.ts';
import { UNTOLD_SECURITY } from '../../../../src/message/connection-security.ts';
import { HttpHeaders } from '../../../../src/message/headers.ts';
import { knownLength } from '../../../common/sized-body.ts';
import type { ElectronIncomingMessage } from './types.ts';

/** Of a redirect nothing is seen that these tell of. */
const OF_HIDDEN_BODY = ['content-length', 'content-encoding', 'transfer-encoding'];

/** A redirect as Electron tells it: without its body, its reason and its Set-Cookie lines. */
export function redirectResponse(
  request: HttpRequest,
  status: number,
  target: string,
  fields: Readonly<Record<string, readonly string[]>>,
): HttpResponse {
  const pairs = Object.entries(fields).flatMap(([name, values]) =>
    values.flatMap((value) => [name.toLowerCase(), octets(value)]),
  );
  const headers = HttpHeaders.adopt(pairs).without(...OF_HIDDEN_BODY);
  return {
    ...common(request),
    status,
    reason: '',
    httpVersion: '',
    // One that Chromium makes by itself, or a listener of `webRequest`, may name its target nowhere else.
    headers: headers.has('location') ? headers : headers.set('location', target),
    body: EMPTY_BODY,
  };
}

/** A final response. */
export function finalResponse(
  request: HttpRequest,
  { statusCode, statusMessage, httpVersion, rawHeaders }: ElectronIncomingMessage,
  body: ResponseBody,
): HttpResponse {
  const headers = shownFields(rawHeaders);
  const isPlain = request.url.scheme === 'http';
  return {
    ...common(request),
    status: statusCode,
    reason: octets(statusMessage),
    // Over TLS it may have been HTTP/2 or 3, which Chromium calls 1.1.
    httpVersion: isPlain ? httpVersion : '',
    headers,
    bodyLength: knownLength(request, request.url, headers, false),
    body,
    endsWithConnection: endsWithConnection(request, headers, isPlain || httpVersion === '1.0'),
  };
}

function common({
  url,
}: HttpRequest): Pick<HttpResponse, 'url' | 'security' | 'source' | 'fidelity' | 'redirectedByPlatform'> {
  return {
    url,
    security: url.scheme === 'https' ? UNTOLD_SECURITY : null,
    source: 'network',
    fidelity: 'decoded',
    redirectedByPlatform: false,
  };
}

/** Handshakes that Chromium makes by itself are over when a response comes, and nobody else's to begin. */
const OF_CHROMIUM = /^\s*(?:ntlm|negotiate)\s*(?:$|[\sA-Za-z0-9+/=]*$)/i;

function shownFields(raw: readonly string[]): HttpHeaders {
  const pairs: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const value = octets(raw[i + 1]!);
    if (name !== 'www-authenticate' || !OF_CHROMIUM.test(value)) pairs.push(name, value);
  }
  return HttpHeaders.adopt(pairs);
}

/** A character for each octet. Electron has read them as UTF-8, with U+FFFD for what is none. */
function octets(text: string): string {
  return /[^\0-\x7f]/.test(text) ? Buffer.from(text).toString('latin1') : text;
}

/** HTTP/1.x without framing (RFC 9112 §6.3). Over TLS the field `Connection` tells it from HTTP/2, which forbids that. */
function endsWithConnection({ method }: HttpRequest, headers: HttpHeaders, isHttp1: boolean): boolean {
  if (method === 'HEAD' || headers.has('content-length') || headers.has('transfer-encoding')) return false;
  return isHttp1 || headers.has('connection');
}
