import { type Checks, checkOptions, OBJECT, TEXT, wholeNumber } from '../checks/checker.ts';
import { NetworkError } from '../error.ts';
import type { Answer } from '../message/answer.ts';
import { bytesBody } from '../message/bytes-body.ts';
import { HttpHeaders } from '../message/headers.ts';
import { brandOf, isUint8Array } from '../util/brand.ts';
import { encodeUtf8 } from '../util/bytes.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

const CHECKS: Checks<Answer> = {
  status: wholeNumber(0, 999),
  reason: TEXT,
  headers: OBJECT,
  body: {
    expected: 'text or bytes',
    accepts: (value) => typeof value === 'string' || isUint8Array(value),
  },
  error: { expected: 'a NetworkError', accepts: (value) => value instanceof NetworkError },
};

/**
 * @param owner whose answer it is, for errors
 * @throws TypeError for what is no answer
 */
export function checkedAnswer(owner: string, answer: Answer): Answer {
  // Its members are its class's, so that it would say nothing, and stand for an empty 200.
  if (brandOf(answer) === 'Response') throw new TypeError(`${owner}: a Response is no answer`);
  return checkOptions(owner, answer, CHECKS);
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
