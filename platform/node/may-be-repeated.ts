import type { HttpRequest } from '../../src/pipeline/stage.ts';

/** RFC 9110 §9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Whether a request whose connection died unanswered may be sent once more: the peer may have seen it. */
export function mayBeRepeated({ method, body }: HttpRequest): boolean {
  return IDEMPOTENT.has(method) && (body === null || body.replayable);
}
