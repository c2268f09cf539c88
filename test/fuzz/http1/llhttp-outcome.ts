import { createRequire } from 'node:module';
import { fieldLines, newOutcome, type Outcome } from './outcome.ts';

/** The part of Node's internal binding of llhttp that node:http itself uses (lib/_http_common.js). */
interface HttpParser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenientFlags: number): void;
  execute(bytes: Uint8Array): number | LlhttpError | undefined;
  finish(): number | LlhttpError | undefined;
  [callback: number]: unknown;
}

interface LlhttpError extends Error {
  readonly code: string;
}

interface HttpParserClass {
  new (): HttpParser;
  readonly RESPONSE: number;
  readonly kLenientNone: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

const { HTTPParser } = createRequire(import.meta.url)('_http_common') as { HTTPParser: HttpParserClass };
const MAX_HEADER_SIZE = 1 << 20;

/** What a callback tells llhttp to do with the body (lib/_http_client.js, parserOnIncomingClient). */
const BODY_AS_FRAMED = 0;
const NO_BODY = 1;
const NO_BODY_AND_UPGRADE = 2;

const parser = new HTTPParser();
let method = '';
let outcome: Outcome = newOutcome();
/** True from the head of the final response until it is complete. */
let inFinal = false;
let over = false;
let lateFields: string[] = [];

parser[HTTPParser.kOnHeaders] = (pairs: string[]): void => {
  lateFields.push(...pairs);
};

parser[HTTPParser.kOnHeadersComplete] = (
  _major: number,
  minorVersion: number,
  pairs: string[] | undefined,
  _method: unknown,
  _url: unknown,
  status: number,
  reason: string,
  upgrade: boolean,
  keepAlive: boolean,
): number => {
  const fields = fieldLines(pairs ?? lateFields);
  lateFields = [];
  if (over) return BODY_AS_FRAMED;
  const connected = method === 'CONNECT' && status >= 200 && status < 300;
  if (status >= 100 && status < 200 && status !== 101) {
    outcome.informational.push(`${status} ${reason}\n${fields}`);
    return NO_BODY;
  }
  outcome.head = `${minorVersion} ${status} ${reason}\n${fields}`;
  outcome.keepAlive = keepAlive;
  if (upgrade || connected) {
    outcome.end = 'tunnel';
    outcome.keepAlive = false;
    over = true;
    return NO_BODY_AND_UPGRADE;
  }
  inFinal = true;
  return method === 'HEAD' || status === 304 ? NO_BODY : BODY_AS_FRAMED;
};

parser[HTTPParser.kOnBody] = (bytes: Buffer): void => {
  if (!over) outcome.body += bytes.toString('latin1');
};

parser[HTTPParser.kOnMessageComplete] = (): void => {
  if (over || !inFinal) return;
  over = true;
  outcome.end = 'complete';
  outcome.trailers = fieldLines(lateFields);
  lateFields = [];
};

/** The oracle: llhttp, driven as node:http drives it for a client, without its sockets. */
export function llhttpOutcome(requestMethod: string, bytes: Uint8Array): Outcome {
  method = requestMethod;
  outcome = newOutcome();
  inFinal = false;
  over = false;
  lateFields = [];
  parser.initialize(HTTPParser.RESPONSE, {}, MAX_HEADER_SIZE, HTTPParser.kLenientNone);
  let result = parser.execute(bytes) ?? 0;
  if (typeof result === 'number') result = parser.finish() ?? 0;
  if (typeof result !== 'number') outcome.why = result.code;
  return outcome;
}
