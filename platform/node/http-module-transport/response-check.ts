import type { IncomingMessage } from 'node:http';
import { protocolFailure } from '../../../src/http1/protocol-failure.ts';
import { responseFraming } from '../../../src/http1/response-framing.ts';
import { type HttpHeaders, isFieldValue } from '../../../src/message/headers.ts';

/**
 * What llhttp lets pass and a client must not: a version other than 1.x, a status that is not a final one, a transfer coding
 * that nobody undoes, a reason phrase with a control character.
 *
 * @throws NetworkError protocol-failure
 */
export function checkResponse(method: string, message: IncomingMessage, headers: HttpHeaders): void {
  const { httpVersionMajor, httpVersionMinor } = message;
  const status = message.statusCode!;
  if (httpVersionMajor !== 1) throw protocolFailure('the version is neither HTTP/1.0 nor HTTP/1.1');
  if (status < 200) throw protocolFailure(`the status ${status} is not that of a final response`);
  if (!isFieldValue(message.statusMessage ?? ''))
    throw protocolFailure('the reason phrase has a control character');
  const minorVersion = httpVersionMinor === 0 ? 0 : 1;
  responseFraming(method, { status, minorVersion, reason: '' }, headers.pairs);
}
