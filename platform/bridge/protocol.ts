import type { Answered, Question, QuestionType } from '../../src/call/question.ts';
import type { FlatFields, ReplyEvent } from '../../src/call/reply-event.ts';
import type { Timings } from '../../src/call/timings.ts';
import type { CookieChange } from '../../src/cookies/stored-cookies.ts';
import type { NetworkErrorJson } from '../../src/error.ts';
import type { OwnOptions, Priority } from '../../src/options/options.ts';
import type { GivenTo, Grant } from './policy/grants.ts';

/**
 * The messages between a client and the owner of a manager. Every post is a list of them. The client says `hello` first and
 * does not wait for the `welcome` before it asks; requests are numbered upwards by the client, and everything that belongs to
 * one has its number.
 *
 *     client → owner   hello, request*, (priority | credit | abort | answer)*, upload-chunk*, upload-end | upload-failed
 *     owner → client   welcome | refused, events*, question*, upload-open, upload-credit*, upload-close
 *
 *     client → owner   call, abort?              of the parts of the manager, numbered with the requests
 *     owner → client   result, changed*
 *
 * Bytes move in windows. An owner sends no more of one body than {@link REPLY_WINDOW} beyond what its reader has taken
 * (`credit`), and no more on the port than {@link PORT_WINDOW} beyond what has arrived (`received`); for an upload it is the
 * other way round.
 */

/** A peer of another major version is refused. Minor versions understand each other. */
export const PROTOCOL = { major: 1, minor: 0 } as const;

/** Bytes of one body that may be on their way or unread. */
export const REPLY_WINDOW = 1024 * 1024;
/** What a chunk of an upload takes of its window at least: one of a single byte is a message and an object of its own. */
const LEAST_COST = 1024;

/** What a chunk of an upload takes of its window, on both sides alike. */
export function windowCost({ length }: Uint8Array): number {
  return length === 0 ? 0 : Math.max(length, LEAST_COST);
}

/** Bytes of all bodies that may be on their way. */
export const PORT_WINDOW = 64 * 1024 * 1024;
/** Bytes of bodies after which a client says that they have arrived. */
export const RECEIVED_STEP = 1024 * 1024;
/** Messages that a client puts into one post. */
export const POST_MESSAGES = 64;
/** Bytes after which a client posts what it has to say. */
export const POST_SIZE = 512 * 1024;
/** What a value counts for beside its bytes, by the time that it takes to read it: a list of a million zeros is not free. */
export const VALUE_SIZE = 32;
/** Lists and objects within each other, deeper than any message is. */
export const DEEPEST = 12;
/** A body of at most that many bytes goes with its request. */
export const INLINE_BODY = 64 * 1024;
/** No chunk of an upload is larger. */
export const UPLOAD_PIECE = 256 * 1024;
/** What an owner lets a message have at least: such a chunk, and what it is in. */
export const LEAST_MESSAGE = UPLOAD_PIECE + 64 * 1024;

/** What is known of the body of a request before its bytes. */
export interface BodyHead {
  readonly length: number | null;
  readonly replayable: boolean;
  readonly contentType: string | null;
  /** All of it, when it is small. */
  readonly bytes: Uint8Array | null;
}

/** A request as it crosses. Which operation it is follows from its method. */
export interface RequestMessage {
  readonly type: 'request';
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly headers: FlatFields;
  readonly options: OwnOptions;
  readonly body: BodyHead | null;
}

/** A method of the parts of a manager, as it is called. */
export type CallMessage = {
  readonly [Name in Grant]: {
    readonly type: 'call';
    readonly id: number;
    readonly method: Name;
    readonly given: GivenTo<Name>;
  };
}[Grant];

export type ClientMessage =
  | { readonly type: 'hello'; readonly major: number; readonly minor: number }
  /** The client holds a Web Lock of that name for as long as it is there. */
  | { readonly type: 'lock'; readonly name: string }
  | RequestMessage
  | CallMessage
  /** The reader has taken so many bytes; `isUnread`: it has not begun, and what may wait there waits. */
  | { readonly type: 'credit'; readonly id: number; readonly bytes: number; readonly isUnread: boolean }
  /** So many bytes of bodies have arrived since the last time. */
  | { readonly type: 'received'; readonly bytes: number }
  | { readonly type: 'priority'; readonly id: number; readonly priority: Priority }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly question: number; readonly answered: Answered }
  /** `pass`: a body that can be sent again is opened again for every hop that sends it. */
  | { readonly type: 'upload-chunk'; readonly id: number; readonly pass: number; readonly chunk: Uint8Array }
  | { readonly type: 'upload-end'; readonly id: number; readonly pass: number }
  | {
      readonly type: 'upload-failed';
      readonly id: number;
      readonly pass: number;
      /** Not all of it: what an application has put on an error need be no plain data. */
      readonly error: Pick<NetworkErrorJson, 'code' | 'message'>;
    }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'goodbye' };

/** What a client says of a request, or a call, that it has made. */
export type ContinuedMessage = Exclude<
  Extract<ClientMessage, { readonly id: number }>,
  RequestMessage | CallMessage
>;

export type OwnerMessage =
  | {
      readonly type: 'welcome';
      readonly major: number;
      readonly minor: number;
      readonly schemes: readonly string[];
      /** That are put to the client. */
      readonly questions: readonly QuestionType[];
    }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'lock'; readonly name: string }
  | {
      readonly type: 'events';
      readonly id: number;
      /** What has happened to it, in order. As long as the message is the last that waits, it grows. */
      readonly events: ReplyEvent[];
      /** For each, what has changed of its times since they were told, the first time all; null where nothing has. */
      readonly times: (Partial<Timings> | null)[];
    }
  | { readonly type: 'question'; readonly id: number; readonly question: number; readonly asked: Question }
  | {
      readonly type: 'result';
      readonly id: number;
      readonly value: unknown;
      readonly error: NetworkErrorJson | null;
    }
  /** A cookie has come or gone, for a call of `cookies.changed`. */
  | { readonly type: 'changed'; readonly id: number; readonly change: CookieChange }
  | { readonly type: 'upload-open'; readonly id: number; readonly pass: number; readonly credit: number }
  | {
      readonly type: 'upload-credit';
      readonly id: number;
      readonly pass: number;
      readonly bytes: number;
      /** Memory of chunks that were sent, for the next ones, where the port hands over what is posted. */
      readonly memory: readonly Uint8Array[];
    }
  | { readonly type: 'upload-close'; readonly id: number; readonly pass: number }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'goodbye'; readonly error: NetworkErrorJson };
