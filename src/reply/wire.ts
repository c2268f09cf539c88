import type { ReplyEvent } from '../call/reply-event.ts';
import { NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import { withSentence } from './error-sentence.ts';
import { asBytes } from './promised.ts';
import type { ReplyCore } from './reply-core.ts';
import type { ReplyFace } from './reply-signals.ts';
import { UploadProgress } from './upload-progress.ts';

/** What happens to a reply beside its response. */
export type WireEvent = Exclude<ReplyEvent, { readonly type: 'head' | 'data' | 'end' | 'failed' }>;

/** Shows in a reply what its transfer sees of the wire, of redirects and of uploads. */
export function showWireEvent(core: ReplyCore, event: WireEvent): void {
  const { reply } = core;
  switch (event.type) {
    case 'hop':
      core.showHead(event.hop);
      core.hops = [...core.hops, { ...event.hop, headers: fieldsFor(reply, event.hop.headers) }];
      reply.emit('metaDataChanged');
      break;
    case 'redirected':
      core.url = event.target;
      reply.emit('redirected', event.target);
      break;
    case 'upload-progress':
      core.upload ??= new UploadProgress(reply, core.clock);
      core.upload.tell(event.sent, event.total);
      break;
    case 'request-sent':
      core.upload?.flush();
      reply.emit('requestSent');
      break;
    case 'socket-started-connecting':
      reply.emit('socketStartedConnecting');
      break;
    case 'retrying': {
      core.attempts++;
      const reason = withSentence(NetworkError.from(event.error), reply.request);
      reply.emit('retrying', event.attempt, reason, event.delay);
      break;
    }
    case 'fault':
      core.inContext(() => core.owner?.fault(NetworkError.from(event.error)));
      break;
    case 'informational':
      reply.emit('informational', event.status, fieldsFor(reply, event.headers));
      break;
  }
}

/** Fields that were received for a reply. Shown, they hide what its request names secret. */
export function fieldsFor({ request }: ReplyFace, pairs: readonly string[]): HttpHeaders {
  return HttpHeaders.adopt(pairs, request.options.secretHeaders);
}

/**
 * Converts a body that came in one piece from where it lies, if the promise that waits for it only looks at it: so the
 * text of a small response, or of one that a cache has in memory, costs no copy of its bytes. Not for an error, which
 * keeps them, nor when a listener may ask how many there are.
 */
export function convertEarly(core: ReplyCore, chunk: Uint8Array): boolean {
  const { final, wanted } = core;
  const isWhole = !core.hasBody && chunk.length === final?.total;
  if (!isWhole || final.status >= 400 || core.reply.listenerCount('readyRead') > 0) return false;
  if (wanted === null || wanted === asBytes) return false;
  core.early = wanted(chunk, core);
  return true;
}
