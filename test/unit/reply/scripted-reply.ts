import type { CallSink } from '../../../src/call/call.ts';
import type { Ask } from '../../../src/call/question.ts';
import type { ReplyEvent, ResponseHead } from '../../../src/call/reply-event.ts';
import { NetworkError, type NetworkErrorCode } from '../../../src/error.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { NetworkReply } from '../../../src/reply/reply.ts';
import type { ReplySignals } from '../../../src/reply/reply-signals.ts';
import type { ReplySource, Transfer } from '../../../src/reply/reply-source.ts';
import { FakeClock, makeRequest } from '../../support/fixtures.ts';

/** A source that a test plays by hand, and notes what the reply asks of it. */
export class ScriptedSource implements ReplySource, Transfer {
  readonly clock = new FakeClock();
  readonly calls: string[] = [];
  readonly timings = null;
  sink: CallSink | null = null;

  open(_request: unknown, sink: CallSink): Transfer {
    this.sink = sink;
    return this;
  }
  start(): void {
    this.calls.push('start');
  }
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
  abandon(reason: Error): void {
    this.calls.push(`cancel: ${(reason as { code?: string }).code}`);
  }
  setPriority(priority: string): void {
    this.calls.push(`priority: ${priority}`);
  }
  tell(...events: ReplyEvent[]): void {
    for (const event of events) this.sink?.accept(event);
  }
  get ask(): Ask {
    return (question) => this.sink!.ask(question);
  }
}

const SIGNALS: readonly (keyof ReplySignals)[] = [
  'socketStartedConnecting',
  'uploadProgress',
  'requestSent',
  'informational',
  'metaDataChanged',
  'redirected',
  'readyRead',
  'downloadProgress',
  'errorOccurred',
  'readChannelFinished',
  'finished',
];

/** A reply over a scripted source that has started, with a trace of its signals. */
export async function scriptedReply(options: Partial<RequestOptions> = {}): Promise<{
  readonly reply: NetworkReply;
  readonly source: ScriptedSource;
  readonly clock: FakeClock;
  readonly trace: string[];
}> {
  const source = new ScriptedSource();
  const { clock } = source;
  const reply = NetworkReply.create({ operation: 'get', request: makeRequest({ options }), source });
  const trace = record(reply);
  await Promise.resolve();
  return { reply, source, clock, trace };
}

/** The signals of a reply as they come, arguments in brackets. */
export function record(reply: NetworkReply): string[] {
  const trace: string[] = [];
  reply.attach({
    finished: () => trace.push('manager.finished'),
    ask: () => null,
    fault: () => {},
    behind: async () => {},
  });
  for (const name of SIGNALS) {
    reply.on(name, (...args: unknown[]) => {
      const shown = args.map((arg) => (arg instanceof Error ? (arg as { code?: string }).code : String(arg)));
      trace.push(args.length === 0 ? name : `${name}(${shown.join(',')})`);
    });
  }
  return trace;
}

export function head(init: Partial<ResponseHead> = {}): Extract<ReplyEvent, { readonly type: 'head' }> {
  return {
    type: 'head',
    url: 'http://origin.test/',
    status: 200,
    reason: 'OK',
    httpVersion: '1.1',
    headers: [],
    security: null,
    source: 'network',
    originalContentLength: -1,
    total: -1,
    redirectedByPlatform: false,
    cacheStatus: null,
    ...init,
  };
}

export function data(text: string, lent = false): ReplyEvent {
  return { type: 'data', chunk: new TextEncoder().encode(text), lent };
}

export function failed(code: NetworkErrorCode, message: string): ReplyEvent {
  return { type: 'failed', error: new NetworkError(code, message).toJSON() };
}

export const END: ReplyEvent = { type: 'end', trailers: null };
