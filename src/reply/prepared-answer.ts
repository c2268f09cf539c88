import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import { type Checks, checkOptions, OBJECT, TEXT, wholeNumber } from '../checks/checker.ts';
import { NetworkError } from '../error.ts';
import { bytesBody } from '../message/bytes-body.ts';
import { type HeadersInput, HttpHeaders } from '../message/headers.ts';
import { encodeUtf8 } from '../util/utf8.ts';

/** A prepared answer: an error, or a status with fields and a body. */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  /** The reason phrase. @default '' */
  readonly reason?: string;
  /** Response fields; Content-Length is added when there is a body and it is not given. */
  readonly headers?: HeadersInput;
  /** Text is sent as UTF-8. */
  readonly body?: string | Uint8Array;
  /** Fails the reply instead; nothing else is looked at. */
  readonly error?: NetworkError;
}

const CHECKS: Checks<Answer> = {
  status: wholeNumber(0, 999),
  reason: TEXT,
  headers: OBJECT,
  body: {
    expected: 'text or bytes',
    accepts: (value) => typeof value === 'string' || value instanceof Uint8Array,
  },
  error: { expected: 'a NetworkError', accepts: (value) => value instanceof NetworkError },
};

/** @throws TypeError for what is no answer */
export function checkedAnswer(answer: Answer): Answer {
  return checkOptions('NetworkReply.from', answer, CHECKS);
}

/** The response that an answer stands for, in place of one from the network. */
export function respondWith(answer: Answer, request: HttpRequest): HttpResponse {
  if (answer.error !== undefined) throw answer.error;
  const body = typeof answer.body === 'string' ? encodeUtf8(answer.body) : answer.body;
  const headers = new HttpHeaders(answer.headers);
  if (body !== undefined) headers.setDefault('content-length', String(body.length));
  return {
    url: request.url,
    status: answer.status ?? 200,
    reason: answer.reason ?? '',
    httpVersion: '',
    headers,
    body: body === undefined ? bytesBody() : bytesBody(body),
    security: null,
    source: 'network',
  };
}
