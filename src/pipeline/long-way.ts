import type { Gate } from '../queue/gate.ts';
import { takeOver } from '../queue/take-over.ts';
import type { ReplySource } from '../reply/reply-source.ts';
import { replyWire } from '../reply/wire.ts';
import { assemble } from './assemble.ts';
import { fetchStages } from './fetch.ts';
import type { HttpParts } from './http-parts.ts';
import type { Next } from './stage.ts';

/**
 * The way of requests over a fetch that are not plain, or must wait: along the list, with the real queue in place of the
 * gate. From now on the replies of `source` are shown all that a transport tells.
 */
export function longWay(parts: HttpParts, gate: Gate, source: ReplySource): Next {
  source.wire = replyWire;
  return assemble(fetchStages(parts, gate.realQueue(takeOver)), parts);
}
