import type { FlatFields, ReplyEvent } from '../../../src/call/reply-event.ts';
import { copyBytes, ownBytes } from '../../../src/util/bytes.ts';

/** An event as the other side may have it; null for what is the owner's own. */
export function shownEvent(event: ReplyEvent, showSetCookie: boolean): ReplyEvent | null {
  switch (event.type) {
    case 'fault':
      return null;
    case 'data':
      return { type: 'data', chunk: toGiveAway(event.chunk, event.lent), lent: false };
    case 'head':
    case 'informational': {
      const headers = showSetCookie ? event.headers : withoutSetCookie(event.headers);
      return headers === event.headers ? event : { ...event, headers };
    }
    case 'end': {
      const { trailers } = event;
      return showSetCookie || trailers === null
        ? event
        : { type: 'end', trailers: withoutSetCookie(trailers) };
    }
    case 'hop':
      return showSetCookie
        ? event
        : { type: 'hop', hop: { ...event.hop, headers: withoutSetCookie(event.hop.headers) } };
    default:
      return event;
  }
}

/** Bytes in memory of their own, which is given away: what is not lent is the receiver's, and copied only where it is part of more. */
function toGiveAway(chunk: Uint8Array, lent: boolean): Uint8Array {
  return lent ? copyBytes(chunk) : ownBytes(chunk);
}

const HIDDEN = ['set-cookie', 'set-cookie2'];

/** The same fields without those that set cookies: they are the jar's. */
export function withoutSetCookie(fields: FlatFields): FlatFields {
  if (!fields.some((text) => HIDDEN.includes(text))) return fields;
  const shown: string[] = [];
  for (let i = 0; i < fields.length; i += 2)
    if (!HIDDEN.includes(fields[i]!)) shown.push(fields[i]!, fields[i + 1]!);
  return shown;
}
