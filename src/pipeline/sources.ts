import type { AsyncContexts } from '../call/async-contexts.ts';
import { isHttpResponse } from '../call/is-http-response.ts';
import type { ManagerSettings } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Next } from '../call/stage.ts';
import type { TlsAnswers } from '../call/tls-answers.ts';
import type { Transport } from '../call/transport.ts';
import { tellsUpload, uploadsBeside } from '../call/upload.ts';
import type { Turn } from '../message/stream-body.ts';
import { RequestQueue } from '../queue/request-queue.ts';
import { pipelineSource } from '../reply/pipeline-source.ts';
import type { ReplySource, TextDecoding, TraceRequest } from '../reply/reply-source.ts';
import { RetryBudget } from '../retry/budget.ts';
import { compose } from './compose.ts';
import { dispatch, orOwnScheme } from './dispatch.ts';
import { type HttpParts, httpStages, type PlatformRules } from './list.ts';
import { withTransportParts } from './transport-parts.ts';

/** What a platform brings for the way of its requests. */
export interface PlatformMeans {
  readonly rules: PlatformRules;
  readonly textDecoding?: TextDecoding;
  /** What an AsyncLocalStorage holds, where there is one. */
  readonly asyncContexts?: AsyncContexts | undefined;
  /** Lets the event loop turn, where that costs little (in a page a timer is slowed). */
  readonly turn?: Turn;
  /** Where TLS asks questions. */
  readonly tlsAnswers?: TlsAnswers;
  /** Tells a developer that an answer was looked for before it is there. */
  readonly tellEarlyRead?: (name: string) => void;
  /** Tells tracing tools of requests. */
  readonly traceRequest?: TraceRequest;
}

/**
 * What answers the requests of one manager, made anew whenever its parts have changed. Its limits change with them, and
 * what waits in the queue stays.
 *
 * @param queueFor the queue under these settings. Default: the same one all the time
 */
export function requestSources(
  { rules, ...means }: PlatformMeans,
  queueFor: (settings: ManagerSettings) => RequestQueue = oneQueue(),
): (parts: HttpParts) => ReplySource {
  const retries = new RetryBudget();
  return (parts) => {
    const { connectionsPerHost, maximumConnections, clock } = parts.settings;
    const queue = queueFor(parts.settings);
    queue.configure({ perKey: connectionsPerHost, total: maximumConnections });
    const http = compose(
      httpStages(parts, rules, { queue, retries }),
      orOwnScheme(inContextOf(parts, means.asyncContexts), parts, means.turn),
    );
    // What a source has no use for (a platform has more than means) does no harm there.
    return pipelineSource(dispatch(http, parts, means.turn), clock === null ? means : { ...means, clock });
  };
}

function oneQueue(): () => RequestQueue {
  const queue = new RequestQueue();
  return () => queue;
}

/**
 * The transport, whose bodies are told of in the context of their requests where a cache may be the application's own. What
 * else is called on the way back is called by a promise, which keeps the context.
 */
function inContextOf(parts: HttpParts, contexts: AsyncContexts | undefined): Next {
  const last = lastOf(parts);
  if (contexts === undefined || parts.settings.cache === null) return last;
  return (request, call) =>
    last(request, call).then((response) => ({ ...response, body: contexts.bodyIn(response.body, call) }));
}

/** The transport. The answer of one that the application brought is looked at before a stage counts on it. */
function lastOf({ transport, settings }: HttpParts): Next {
  const withParts = withTransportParts(settings);
  const uploads = uploadsBeside(transport, settings);
  const carrier = (request: HttpRequest): Transport =>
    uploads !== null && tellsUpload(request) ? uploads : transport;
  if (settings.transport === null) return (request, call) => carrier(request).send(withParts(request), call);
  return async (request, call) => {
    const response = await carrier(request).send(withParts(request), call);
    if (isHttpResponse(response)) return response;
    throw new TypeError('the transport did not return a response');
  };
}
