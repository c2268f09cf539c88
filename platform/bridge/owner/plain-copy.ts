import { copyBytes, ownBytes } from '../../../src/util/bytes.ts';
import type { Linked } from '../../../src/util/collections.ts';
import { DEEPEST, VALUE_SIZE } from '../protocol.ts';

/** Why a message is none. */
export class MalformedMessage extends Error {}

/** A request or call that is larger than one may be: what names it. */
export class OversizeMessage {
  readonly type: 'request' | 'call';
  readonly id: number;

  constructor(type: OversizeMessage['type'], id: number) {
    this.type = type;
    this.id = id;
  }
}

/** A message of a post, and what it has cost to read it. */
export interface PlainMessage extends Linked<PlainMessage> {
  readonly message: unknown;
  /** Names, texts and values, in bytes. */
  readonly size: number;
  /** Bytes of bodies. */
  readonly bytes: number;
}

/** Bytes that the messages of a post may have before the last of them. A client puts 64 into one. */
const MOST_OF_POST = 16 * 1024 * 1024;

/**
 * Copies of the messages of a post, which a structured clone has made, of own properties alone: objects that inherit nothing,
 * lists, texts, numbers, truth values, null, undefined and bytes. A clone has memory of its own, so bytes are copied only where
 * they share theirs: what comes of here is alone in its memory. All memory behind them counts.
 *
 * A request or call that is too large is an {@link OversizeMessage}.
 *
 * @param most bytes that a message may have
 * @throws MalformedMessage for anything else, and for what else is larger
 */
export function plainMessages(post: unknown, most: number): PlainMessage[] {
  if (!Array.isArray(post)) throw new MalformedMessage('a post that is no list of messages');
  const copier = new Copier(most);
  // Holes count, too.
  copier.spend(post.length * VALUE_SIZE);
  const messages: PlainMessage[] = [];
  for (const message of post) messages.push(copier.message(message));
  return messages;
}

class TooLarge extends MalformedMessage {}

/** Null for what is nothing of the kind. */
function oversizeOf(message: unknown): OversizeMessage | null {
  const { type, id }: { readonly type?: unknown; readonly id?: unknown } = { ...(message as object) };
  const isOne = (type === 'request' || type === 'call') && Number.isSafeInteger(id) && (id as number) > 0;
  return isOne ? new OversizeMessage(type, id as number) : null;
}

/**
 * Makes objects that inherit nothing, of a class: engines keep what `Object.create(null)` gives as a table of hashes, which a
 * request pays for with a seventh of its time here.
 */
class PlainObject {
  [name: string]: unknown;
}
Object.setPrototypeOf(PlainObject.prototype, null);
Reflect.deleteProperty(PlainObject.prototype, 'constructor');
Object.freeze(PlainObject.prototype);

class Copier {
  readonly #most: number;
  /** What may be spent before the next message. */
  #limit = MOST_OF_POST;
  #spent = 0;
  #bytes = 0;
  readonly #seen = new Set<ArrayBufferLike>();
  /** What their memory has beside what was said of it. */
  #beside = 0;

  constructor(most: number) {
    this.#most = most;
  }

  message(one: unknown): PlainMessage {
    const [spentBefore, bytesBefore] = [this.#spent, this.#bytes];
    const message = this.#whole(one);
    const bytes = this.#bytes - bytesBefore;
    const size = this.#spent - spentBefore - bytes;
    // What is too large was not read to its end, and nothing comes of it.
    const isWhole = !(message instanceof OversizeMessage);
    return { message, size: isWhole ? size : size / 4, bytes, previous: null, next: null };
  }

  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent + this.#beside > this.#limit)
      throw new TooLarge(`a message of more than ${this.#most} bytes`);
  }

  /** Or what names it, where it is larger than it may be. */
  #whole(one: unknown): unknown {
    this.#limit = MOST_OF_POST;
    this.spend(0);
    this.#limit = this.#spent + this.#beside + this.#most;
    try {
      return this.#copy(one, 1);
    } catch (error) {
      const oversize = error instanceof TooLarge ? oversizeOf(one) : null;
      if (oversize === null) throw error;
      return oversize;
    }
  }

  #copy(one: unknown, depth: number): unknown {
    this.spend(VALUE_SIZE);
    switch (typeof one) {
      case 'string':
        this.spend(one.length);
        return one;
      case 'number':
      case 'boolean':
      case 'undefined':
        return one;
      case 'object':
        return one === null ? null : this.#copyObject(one, depth);
      default:
        throw new MalformedMessage(`a ${typeof one} in a message`);
    }
  }

  #copyObject(one: object, depth: number): object {
    if (depth > DEEPEST) throw new MalformedMessage('a message of too many levels');
    if (one instanceof Uint8Array && one.buffer instanceof ArrayBuffer) {
      this.spend(one.length);
      this.#bytes += one.length;
      return this.#alone(one);
    }
    if (Array.isArray(one)) {
      this.spend(one.length);
      const items: unknown[] = [];
      for (const item of one) items.push(this.#copy(item, depth + 1));
      return items;
    }
    if (Object.getPrototypeOf(one) !== Object.prototype) throw new MalformedMessage('an object of a class');
    const plain: Record<string, unknown> = new PlainObject();
    for (const name of Object.keys(one)) {
      this.spend(name.length);
      plain[name] = this.#copy(one[name as never], depth + 1);
    }
    return plain;
  }

  /** Two views of one buffer are one buffer in a clone, too. */
  #alone(bytes: Uint8Array): Uint8Array {
    const { buffer } = bytes;
    if (this.#seen.has(buffer)) return copyBytes(bytes);
    this.#seen.add(buffer);
    this.#beside += buffer.byteLength - bytes.length;
    this.spend(0);
    return ownBytes(bytes);
  }
}
