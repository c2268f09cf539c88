import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { Capability, TransportCapabilities } from '../../../src/call/capabilities.ts';
import type { ReplyEvent } from '../../../src/call/reply-event.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { Transport } from '../../../src/call/transport.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, RequestBody } from '../../../src/message/body.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import { makeExchange, makeRequest } from '../../support/fixtures.ts';
import type { JournalRecord, Milestone } from '../../support/server/journal.ts';

/** Where a transport is tested. */
export interface TransportEnvironment {
  /** Origin of a server of test/support/server.ts. */
  readonly server: string;
  /** The same over TLS, with a certificate of an authority that nobody trusts by itself. */
  readonly secureServer?: { readonly origin: string; readonly ca: string };
  /** Where its journal and its like are asked in cleartext, when the server speaks something else. @default server */
  readonly control?: string;
  /** Options of every request. */
  readonly options?: Partial<RequestOptions>;
  /** What the server speaks. @default 'http/1.1' */
  readonly protocol?: 'http/1.1' | 'h2';
  /** Whose HTTP parser reads responses: the platform's own may be lenient, and what it then makes of them is its affair. */
  readonly parser: 'strict' | 'lenient';
  /** Bytes that the platform may buffer for a reader that has stopped. @default 16 MiB */
  readonly readAhead?: number;
  /** Names of tests, or of raw responses, at which the platform under the transport is known to fail or to hang. */
  readonly limits?: readonly string[];
}

/** A request on its way. */
export interface Sent {
  readonly exchange: Call;
  readonly events: ReplyEvent[];
  readonly response: Promise<HttpResponse>;
  /** Cancelers that are registered with the exchange and not taken back. */
  readonly cancelers: () => number;
}

/** Answers the questions of an exchange. */
export type Ask = (question: unknown) => Promise<unknown>;

/** Answers a question. */
export type Asked = (question: unknown) => Promise<unknown>;
type SendInit = NonNullable<Parameters<typeof makeRequest>[0]> & { readonly ask?: Asked };

type Register = (name: string, body: () => Promise<void>) => void;

/** What every group of tests is given. */
export interface Bench {
  readonly environment: TransportEnvironment;
  readonly capabilities: TransportCapabilities;
  /** A test, skipped where the platform is known to fail at it. */
  readonly testUnlessLimited: Register;
  /** A test of what a record promises; skipped by the capability's name where it does not. */
  readonly testWith: (capability: Capability) => Register;
  /** The transport of the running test. */
  readonly transport: () => Transport;
  /** A request for a path of the server, or for a whole URL. */
  readonly request: (target: string, init?: NonNullable<Parameters<typeof makeRequest>[0]>) => HttpRequest;
  /** Sends one. */
  readonly send: (target: string, init?: SendInit) => Sent;
  /** Sends a GET for a response of `raw-responses.ts`. */
  readonly sendRaw: (name: string) => Promise<Sent>;
  /** What the server knows of the requests with an id. */
  readonly journal: (id: string, until?: Milestone) => Promise<JournalRecord>;
  /** A plain request beside the transport. */
  readonly ask: (path: string) => Promise<string>;
}

export function makeBench(makeTransport: () => Transport, environment: TransportEnvironment): Bench {
  const { capabilities } = makeTransport();
  const { limits = [], control = environment.server } = environment;
  let transport: Transport;

  beforeEach(() => {
    transport = makeTransport();
  });
  afterEach(() => transport.close());

  const request: Bench['request'] = (target, init = {}) => {
    const url = target.startsWith('/') ? environment.server + target : target;
    return makeRequest({ ...init, url, options: { ...environment.options, ...init.options } });
  };
  const ask = async (path: string): Promise<string> => (await fetch(control + path)).text();
  const send: Bench['send'] = (target, { ask: answer = consent, ...init } = {}) => {
    const { exchange, events } = makeExchange({ clock: systemClock, ask: answer });
    const cancelers = countCancelers(exchange);
    const response = transport.send(request(target, init), exchange);
    // A test may look at it later than it rejects.
    response.catch(() => {});
    return { exchange, events, response, cancelers: () => cancelers.size };
  };
  return {
    environment,
    capabilities,
    testUnlessLimited: (name, body) => test.skipIf(limits.includes(name))(name, body),
    testWith: (capability) => (name, body) => {
      if (has(capabilities, capability)) test(name, body);
      else test.skip(`${name} [no ${capability}]`, body);
    },
    transport: () => transport,
    request,
    send,
    sendRaw: async (name) => send(`${await ask('/raw-origin')}/${name}`),
    journal: async (id, until) => {
      const query = until === undefined ? '' : `&until=${until}`;
      return JSON.parse(await ask(`/journal?of=${id}${query}`));
    },
    ask,
  };
}

const consent: Asked = async () => ({ allowed: true });

function has(capabilities: TransportCapabilities, name: Capability): boolean {
  const value = capabilities[name];
  return value === true || value === 'always' || value === 'connection';
}

/** A new id for the server's journal. */
export const newId = (): string => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/** Why tests give a request up. */
export const GIVEN_UP = new NetworkError('operation-canceled', 'the test gave it up');

/** Keeps everything that a body delivers. */
export class RecordingSink implements BodySink {
  readonly chunks: Uint8Array[] = [];
  readonly failures: NetworkError[] = [];
  ends = 0;
  trailers: HttpHeaders | null = null;
  /** Resolves at the first end or failure. */
  readonly over: Promise<this>;
  #resolve!: (sink: this) => void;
  #onData: () => void = () => {};

  constructor() {
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Resolves with the next chunk. */
  nextData(): Promise<void> {
    return new Promise((resolve) => {
      this.#onData = resolve;
    });
  }

  data(chunk: Uint8Array, lent: boolean): void {
    this.chunks.push(lent ? chunk.slice() : chunk);
    this.#onData();
  }

  end(trailers: HttpHeaders | null): void {
    this.ends++;
    this.trailers = trailers;
    this.#resolve(this);
  }

  fail(error: NetworkError): void {
    this.failures.push(error);
    this.#resolve(this);
  }

  get length(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  get bytes(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }
}

/** Starts a response's body and waits for its end. */
export async function readAll(response: HttpResponse): Promise<RecordingSink> {
  const sink = new RecordingSink();
  response.body.start(sink);
  await sink.over;
  return sink;
}

/** The error that a request fails with, in its head or in its body. */
export async function failureOf({ response }: Sent): Promise<NetworkError> {
  try {
    const sink = await readAll(await response);
    return sink.failures[0] ?? expect.fail(`it was delivered: ${sink.text}`);
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkError);
    return error as NetworkError;
  }
}

/** A request body from chunks, which knows what became of it. */
export class UploadSource implements RequestBody {
  readonly replayable = true;
  readonly bytes = null;
  readonly contentType = null;
  readonly length: number | null;
  opened = 0;
  pulled = 0;
  /** The iteration was ended, by its own end or from outside. */
  closed = false;
  readonly #chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

  constructor(chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>, length: number | null = null) {
    this.#chunks = chunks;
    this.length = length;
  }

  async *open(): AsyncGenerator<Uint8Array> {
    this.opened++;
    this.closed = false;
    try {
      for await (const chunk of this.#chunks()) {
        this.pulled += chunk.length;
        yield chunk;
      }
    } finally {
      this.closed = true;
    }
  }
}

const encoder = new TextEncoder();

/** Chunks of text. */
export const texts =
  (...chunks: readonly string[]) =>
  (): Uint8Array[] =>
    chunks.map((chunk) => encoder.encode(chunk));

/** A request body that is in memory. */
export function textBody(text: string): RequestBody {
  const bytes = encoder.encode(text);
  return {
    length: bytes.length,
    replayable: true,
    bytes,
    contentType: null,
    async *open() {
      yield bytes;
    },
  };
}

/** Waits until something that happens elsewhere holds. The test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until a number has stood still for a while. */
export async function untilStill(value: () => number): Promise<number> {
  for (let last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (value() === last) return last;
    last = value();
  }
}
