import type { CookieInit } from '../../../src/cookies/cookie.ts';
import { isFieldValue } from '../../../src/message/headers.ts';
import type { Grant } from '../policy/grants.ts';
import type { BodyHead, CallMessage, ClientMessage } from '../protocol.ts';
import { UPLOAD_PIECE } from '../protocol.ts';
import { MalformedMessage } from './plain-copy.ts';

/**
 * What a client may say, judged message by message: names, types and ranges. What a request may ask for is the policy's to
 * say, and what an option may be the checker's that all options go through. Values are what `plainMessages` gives: objects
 * that inherit nothing, lists, bytes and what has no parts. No schemas of zod: they take five times as long, and longer to load
 * than the bridge.
 */
type Judge = (value: unknown) => boolean;
/** One for each name that there may be. */
type Judges<Value> = { readonly [Name in keyof Value]-?: Judge };

const isText: Judge = (value) => typeof value === 'string';
const isTruth: Judge = (value) => typeof value === 'boolean';
const isNumber: Judge = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Judge = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isId: Judge = (value) => isCount(value) && value !== 0;
const isBytes: Judge = (value) => value instanceof Uint8Array;
const isName: Judge = (value) => isText(value) && (value as string).length <= 256;
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value);

const isOneOf =
  (...values: readonly unknown[]): Judge =>
  (value) =>
    values.includes(value);
const isNull = isOneOf(null);
const orNull =
  (judge: Judge): Judge =>
  (value) =>
    value === null || judge(value);
const isListOf =
  (judge: Judge): Judge =>
  (value) =>
    Array.isArray(value) && value.every(judge);
/** A list of so many, each judged by its own. */
const isTuple =
  (...judges: readonly Judge[]): Judge =>
  (value) =>
    Array.isArray(value) && value.length === judges.length && judges.every((judge, at) => judge(value[at]));

/** An object of these names and no other; what is optional may be missing, or undefined. */
function isObject<Value, Optional extends keyof Value = never>(
  required: Judges<Omit<Value, Optional>>,
  optional: Judges<Pick<Value, Optional>> = {} as never,
): Judge {
  const needed: readonly (readonly [string, Judge])[] = Object.entries(required);
  const others = new Map<string, Judge>(Object.entries(optional));
  return (value) => {
    if (!isPlain(value)) return false;
    let more = Object.keys(value).length;
    for (const [name, judge] of needed) {
      if (!Object.hasOwn(value, name) || !judge(value[name])) return false;
      more--;
    }
    if (more === 0) return true;
    for (const [name, judge] of others) {
      if (!Object.hasOwn(value, name)) continue;
      if (value[name] !== undefined && !judge(value[name])) return false;
      more--;
    }
    return more === 0;
  };
}

const isBodyHead = isObject<BodyHead>({
  length: orNull(isCount),
  replayable: isTruth,
  contentType: orNull((value) => isText(value) && isFieldValue(value as string)),
  bytes: orNull(isBytes),
});
const isBody: Judge = (value) => {
  if (!isBodyHead(value)) return false;
  const { bytes, length } = value as BodyHead;
  return bytes === null || bytes.length === length;
};

/** An error says more where it knows more. */
const isError: Judge = (value) => isPlain(value) && isText(value.code) && isText(value.message);

type InitKey = keyof CookieInit;
const isCookie = isObject<CookieInit, Exclude<InitKey, 'name' | 'value'>>(
  { name: isText, value: isText },
  {
    domain: isText,
    hostOnly: isTruth,
    path: isText,
    expires: orNull(isNumber),
    secure: isTruth,
    httpOnly: isTruth,
    sameSite: isOneOf('strict', 'lax', 'none', 'default'),
    partitioned: isTruth,
    partitionKey: orNull(isText),
    creationTime: isNumber,
  },
);
const isSecurity = isObject<{ host: string; expiry: number; includeSubDomains: boolean }>({
  host: isText,
  expiry: isNumber,
  includeSubDomains: isTruth,
});
const isTexts = isListOf(isText);
const isNothing = isTuple();
const isUrl = isTuple(isText);

/** What each method is given. */
const GIVEN: ReadonlyMap<unknown, Judge> = new Map(
  Object.entries({
    'cookies.get': isUrl,
    'cookies.all': isNothing,
    'cookies.set': isTuple(isCookie, isText),
    'cookies.clear': isNothing,
    'cookies.changed': isNothing,
    'cache.size': isNothing,
    'cache.clear': isNothing,
    clearAccessCache: isNothing,
    clearConnectionCache: isNothing,
    strictTransportSecurityHosts: isNothing,
    addStrictTransportSecurityHosts: isTuple(isListOf(isSecurity)),
    explainProxy: isUrl,
  } satisfies Record<Grant, Judge>),
);

const type = isText;
const isWord = isObject<{ type: string }>({ type });
const isCall = isObject<CallMessage>({ type, id: isId, method: isText, given: Array.isArray });
/** Of all questions. An answer to another one says nothing to this one. */
const ANSWERS: readonly Judge[] = [
  isObject<{ allowed: boolean }>({ allowed: isTruth }),
  isObject<{ ignored: boolean }>({ ignored: isTruth }),
  isObject<{ credentials: unknown }>({ credentials: orNull(isPlain) }),
];
const isAnswer: Judge = (value) => ANSWERS.some((judge) => judge(value));
const isAnswered = isObject<{ answer: unknown; error: unknown }>({ answer: isAnswer, error: isNull });
const isFailed = isObject<{ answer: unknown; error: unknown }>({ answer: isNull, error: isError });

type Said<Type extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: Type }>;

const MESSAGES: ReadonlyMap<unknown, Judge> = new Map(
  Object.entries({
    hello: isObject<Said<'hello'>>({ type, major: isCount, minor: isCount }),
    lock: isObject<Said<'lock'>>({ type, name: isName }),
    request: isObject<Said<'request'>>({
      type,
      id: isId,
      method: isText,
      url: isText,
      headers: (value) => isTexts(value) && (value as readonly string[]).length % 2 === 0,
      options: isPlain,
      body: orNull(isBody),
    }),
    call: (value) =>
      isCall(value) && GIVEN.get((value as CallMessage).method)?.((value as CallMessage).given) === true,
    credit: isObject<Said<'credit'>>({ type, id: isId, bytes: isCount, isUnread: isTruth }),
    received: isObject<Said<'received'>>({ type, bytes: isCount }),
    priority: isObject<Said<'priority'>>({ type, id: isId, priority: isOneOf('high', 'normal', 'low') }),
    abort: isObject<Said<'abort'>>({ type, id: isId }),
    answer: isObject<Said<'answer'>>({
      type,
      id: isId,
      question: isId,
      answered: (value) => isAnswered(value) || isFailed(value),
    }),
    'upload-chunk': isObject<Said<'upload-chunk'>>({
      type,
      id: isId,
      pass: isId,
      chunk: (value) => isBytes(value) && (value as Uint8Array).length <= UPLOAD_PIECE,
    }),
    'upload-end': isObject<Said<'upload-end'>>({ type, id: isId, pass: isId }),
    'upload-failed': isObject<Said<'upload-failed'>>({ type, id: isId, pass: isId, error: isError }),
    ping: isWord,
    pong: isWord,
    goodbye: isWord,
  } satisfies Record<ClientMessage['type'], Judge>),
);

/**
 * What a client has said.
 * @param message a copy that has own properties alone
 * @throws MalformedMessage for what no client of this version says
 */
export function readClientMessage(message: unknown): ClientMessage {
  const said = isPlain(message) ? message.type : null;
  if (MESSAGES.get(said)?.(message) === true) return message as ClientMessage;
  throw new MalformedMessage(
    `a message that is none: ${isText(said) ? (said as string).slice(0, 32) : typeof message}`,
  );
}
