import * as z from 'zod/mini';
import { isFieldValue } from '../../../src/message/headers.ts';
import { GRANTS, type Grant } from '../policy/grants.ts';
import type { ClientMessage } from '../protocol.ts';
import { UPLOAD_PIECE } from '../protocol.ts';
import { MalformedMessage } from './plain-copy.ts';

/**
 * What a client may say, judged message by message: names, types and ranges. What a request may ask for is the policy's to
 * say, and what an option may be the checker's that all options go through.
 */

const id = z.number().check(z.int(), z.positive(), z.maximum(Number.MAX_SAFE_INTEGER));
const count = z.number().check(z.int(), z.nonnegative());
const bytes = z.instanceof(Uint8Array);
const name = z.string().check(z.maxLength(256));
const plain = z.record(z.string(), z.unknown());

const bodyHead = z
  .strictObject({
    length: z.nullable(count),
    replayable: z.boolean(),
    contentType: z.nullable(z.string().check(z.refine(isFieldValue))),
    bytes: z.nullable(bytes),
  })
  .check(z.refine(({ length, bytes: all }) => all === null || all.length === length));

/** Of all questions. An answer to another one says nothing to this one. */
const answer = z.union([
  z.strictObject({ allowed: z.boolean() }),
  z.strictObject({ ignored: z.boolean() }),
  z.strictObject({ credentials: z.nullable(plain) }),
]);

const error = z.looseObject({ code: z.string(), message: z.string() });

const cookie = z.strictObject({
  name: z.string(),
  value: z.string(),
  domain: z.optional(z.string()),
  hostOnly: z.optional(z.boolean()),
  path: z.optional(z.string()),
  expires: z.optional(z.nullable(z.number())),
  secure: z.optional(z.boolean()),
  httpOnly: z.optional(z.boolean()),
  sameSite: z.optional(z.enum(['strict', 'lax', 'none', 'default'])),
  partitioned: z.optional(z.boolean()),
  partitionKey: z.optional(z.nullable(z.string())),
  creationTime: z.optional(z.number()),
});
const security = z.strictObject({ host: z.string(), expiry: z.number(), includeSubDomains: z.boolean() });
const url = z.string();
const nothing = z.tuple([]);

/** What each method is given. */
const GIVEN: { readonly [Name in Grant]: z.ZodMiniType } = {
  'cookies.get': z.tuple([url]),
  'cookies.all': nothing,
  'cookies.set': z.tuple([cookie, url]),
  'cookies.clear': nothing,
  'cookies.changed': nothing,
  'cache.size': nothing,
  'cache.clear': nothing,
  clearAccessCache: nothing,
  clearConnectionCache: nothing,
  strictTransportSecurityHosts: nothing,
  addStrictTransportSecurityHosts: z.tuple([z.array(security)]),
  explainProxy: z.tuple([url]),
};

const [first, ...others] = GRANTS.map((method) =>
  z.strictObject({ type: z.literal('call'), id, method: z.literal(method), given: GIVEN[method] }),
);
const CALL = z.discriminatedUnion('method', [first!, ...others]);

const MESSAGES = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), major: count, minor: count }),
  z.strictObject({ type: z.literal('lock'), name }),
  z.strictObject({
    type: z.literal('request'),
    id,
    method: z.string(),
    url: z.string(),
    headers: z.array(z.string()).check(z.refine((pairs) => pairs.length % 2 === 0)),
    options: plain,
    body: z.nullable(bodyHead),
  }),
  CALL,
  z.strictObject({ type: z.literal('credit'), id, bytes: count, isUnread: z.boolean() }),
  z.strictObject({ type: z.literal('received'), bytes: count }),
  z.strictObject({ type: z.literal('priority'), id, priority: z.enum(['high', 'normal', 'low']) }),
  z.strictObject({ type: z.literal('abort'), id }),
  z.strictObject({
    type: z.literal('answer'),
    id,
    question: id,
    answered: z.union([
      z.strictObject({ answer, error: z.null() }),
      z.strictObject({ answer: z.null(), error }),
    ]),
  }),
  z.strictObject({
    type: z.literal('upload-chunk'),
    id,
    pass: id,
    chunk: bytes.check(z.refine((chunk) => chunk.length <= UPLOAD_PIECE)),
  }),
  z.strictObject({ type: z.literal('upload-end'), id, pass: id }),
  z.strictObject({ type: z.literal('upload-failed'), id, pass: id, error }),
  z.strictObject({ type: z.literal('ping') }),
  z.strictObject({ type: z.literal('pong') }),
  z.strictObject({ type: z.literal('goodbye') }),
]);

/**
 * What a client has said.
 * @param message a copy that has own properties alone
 * @throws MalformedMessage for what no client of this version says
 */
export function readClientMessage(message: unknown): ClientMessage {
  if (!MESSAGES.safeParse(message).success)
    throw new MalformedMessage(`a message that is none: ${typeOf(message)}`);
  // Not what the schema has made of it: that has prototypes again.
  return message as ClientMessage;
}

function typeOf(message: unknown): string {
  const { type } = (message ?? {}) as { readonly type?: unknown };
  return typeof type === 'string' ? type.slice(0, 32) : typeof message;
}
