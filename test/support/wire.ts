import type { HttpRequest } from '../../src/call/request.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { Transport } from '../../src/call/transport.ts';
import { type Clock, systemClock } from '../../src/util/clock.ts';
import { RecordingSink, type Sent } from '../suites/transport/harness.ts';
import { countCancelers } from './count-cancelers.ts';
import { makeExchange, makeRequest } from './fixtures.ts';

type Init = NonNullable<Parameters<typeof makeRequest>[0]>;

export interface WireOptions {
  readonly clock?: Clock;
  readonly ask?: (question: unknown) => Promise<unknown>;
}

export const consent = async (): Promise<unknown> => ({ allowed: true });

export interface SentOver extends Sent {
  /** Cancelers that are registered with the exchange and not taken back. */
  readonly cancelers: () => number;
}

/** Sends one request over a transport, with an exchange that keeps its events. */
export function sendOver(transport: Transport, init: Init, options: WireOptions = {}): SentOver {
  const { clock = systemClock, ask = consent } = options;
  const { exchange, events } = makeExchange({ clock, ask });
  const cancelers = countCancelers(exchange);
  const response = transport.send(makeRequest(init), exchange);
  // A test may look at it later than it rejects.
  response.catch(() => {});
  return { exchange, events, response, cancelers: () => cancelers.size };
}

/** Sends a GET and reads its body. */
export async function getOver(
  transport: Transport,
  url: string,
  options: Partial<HttpRequest['options']> = {},
): Promise<Omit<SentOver, 'response'> & { readonly response: HttpResponse; readonly text: string }> {
  const sent = sendOver(transport, { url, options });
  const response = await sent.response;
  const sink = new RecordingSink();
  response.body.start(sink);
  await sink.over;
  if (sink.failures.length > 0) throw sink.failures[0];
  return { ...sent, response, text: sink.text };
}
