import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { byteAt } from '../byte-at.ts';
import { freePort } from '../free-port.ts';
import { closed } from './closed.ts';
import type { Journal, JournalEntry, Milestone } from './journal.ts';

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path after the name of the route. */
  readonly argument: string;
  readonly url: URL;
  readonly entry: JournalEntry;
  readonly journal: Journal;
  /** Where the responses of `raw-responses.ts` are served. */
  readonly rawOrigin: string;
}

/** What the server does with a request. */
export type Route = (call: Call) => unknown;

/** What `/echo` answers. */
export interface Echo {
  readonly method: string;
  readonly url: string;
  /** As they were on the wire, in order. */
  readonly fields: readonly (readonly [string, string])[];
  /** Latin-1: one character a byte. */
  readonly body: string;
  /** Names the connection. */
  readonly connection: number;
}

/** Of a response over HTTP/2, where node:http2 falls short of node:http. */
function streamOf(response: ServerResponse): ServerHttp2Stream | null {
  return (response as { readonly stream?: ServerHttp2Stream }).stream ?? null;
}

const PIECE = Buffer.alloc(64 * 1024, 'fairlead');

/** The scripted behaviours, by the first segment of the path. */
export const ROUTES: Readonly<Record<string, Route>> = {
  hello: ({ response }) => response.end('hello'),

  closed,

  /** `/status/404`: that status, with a body where it may have one. */
  status: ({ response, argument }) => response.writeHead(Number(argument)).end(`status ${argument}`),

  /** `/ranges/1000/400`: so many bytes under an ETag that pages see; without a Range the answer is cut after 400 of them. */
  ranges: ({ request, response, argument }) => {
    const [size = 0, cut = 0] = argument.split('/').map(Number);
    const bytes = Buffer.from(Array.from({ length: size }, (_, i) => byteAt(i)));
    const first = request.headers['if-range'] === '"1"' ? Number(/\d+/.exec(request.headers.range!)![0]) : 0;
    response.writeHead(first > 0 ? 206 : 200, {
      ETag: '"1"',
      'Content-Length': size - first,
      'Access-Control-Expose-Headers': 'ETag, Content-Range, Content-Length',
      ...(first > 0 ? { 'Content-Range': `bytes ${first}-${size - 1}/${size}` } : {}),
    });
    if (first > 0 || cut >= size) response.end(bytes.subarray(first));
    else response.write(bytes.subarray(0, cut), () => response.socket!.end());
  },

  /** Tells the request back, as {@link Echo}. */
  echo: async ({ request, response, entry }) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
      entry.received += chunk.length;
    }
    const { rawHeaders } = request;
    const fields = Array.from({ length: rawHeaders.length / 2 }, (_, i) =>
      rawHeaders.slice(2 * i, 2 * i + 2),
    );
    const body = Buffer.concat(chunks).toString('latin1');
    const connection = request.socket.remotePort;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, fields, body, connection }));
  },

  /** Reads the body and tells its length. */
  count: async ({ request, response, entry }) => {
    for await (const chunk of request) entry.received += chunk.length;
    response.end(String(entry.received));
  },

  /** `/bytes/1000`: that many bytes, with a length; `?chunked` without one. */
  bytes: ({ response, argument, url }) => {
    const bytes = Buffer.allocUnsafe(Number(argument));
    for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(i);
    if (!url.searchParams.has('chunked')) response.setHeader('Content-Length', bytes.length);
    response.write(bytes);
    response.end();
  },

  /** `?field=Name:value`, as often as one likes: answers with those fields. */
  fields: ({ response, url }) => {
    for (const field of url.searchParams.getAll('field')) {
      const colon = field.indexOf(':');
      response.appendHeader(field.slice(0, colon), field.slice(colon + 1));
    }
    response.end('fields');
  },

  /** `/events/N`: a stream of server-sent events that ends behind N of them, beginning with the one behind the last that was had. */
  events: ({ request, response, argument }) => {
    const first = Number(request.headers['last-event-id'] ?? 0) + 1;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (let id = first; id < first + Number(argument); id++) response.write(`id: ${id}\ndata: ${id}\n\n`);
    response.end();
  },

  gzip: ({ response }) => {
    const encoded = gzipSync('decoded');
    response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': encoded.length }).end(encoded);
  },

  /** `/redirect/STATUS/target`: to a URL that is relative. */
  redirect: ({ response, argument }) => {
    const [status = '', ...target] = argument.split('/');
    response.writeHead(Number(status), { Location: `/${target.join('/')}` }).end('moved');
  },

  informational: ({ response }) => {
    const stream = streamOf(response);
    if (stream === null) response.writeProcessing();
    else stream.additionalHeaders({ ':status': 102 });
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.end('after hints');
  },

  trailers: ({ response }) => {
    response.writeHead(200, { Trailer: 'X-Checksum' });
    response.write('with trailers');
    const lines = [
      ['X-Checksum', 'one'],
      ['x-checksum', 'two'],
    ] as [string, string][];
    response.addTrailers(streamOf(response) === null ? lines : ({ 'x-checksum': ['one', 'two'] } as never));
    response.end();
  },

  /** `/together/COUNT?id=NAME`: answers when that many have come under that name. */
  together: async ({ response, argument, entry }) => {
    entry.gathered.push(response);
    if (entry.gathered.length < Number(argument)) return;
    for (const one of entry.gathered.splice(0)) one.end('together');
  },

  /** Takes the request and never answers. */
  'black-hole': ({ request }) => request.resume(),

  /** Never answers, and does not read the body either. */
  deaf: () => {},

  /** Sends a head and the beginning of a body, and then nothing. */
  stall: ({ response }) => {
    // Chromium waits for more of a body whose type it would have to guess.
    response.writeHead(200, { 'Content-Length': 1000, 'Content-Type': 'application/x-stalled' });
    response.write('beginning');
  },

  /** `/flood/BYTES`: as fast as they are taken. */
  flood: async ({ response, argument, entry }) => {
    response.writeHead(200, { 'Content-Length': argument });
    for (let left = Number(argument); left > 0; left -= PIECE.length) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      await new Promise<void>((taken) => response.write(piece, () => taken()));
      entry.wrote(piece.length);
      if (response.destroyed) return;
    }
    response.end();
  },

  /**
   * A body without an end, which none can have read when it gives up. It flows slowly: what takes it in without a reader
   * (WebKit) has no room for what a flood brings until a busy machine comes to the giving up.
   */
  endless: async ({ response, entry }) => {
    response.writeHead(200, { 'Content-Type': 'application/x-endless' });
    while (!response.destroyed) {
      await new Promise<void>((taken) => response.write(PIECE.subarray(0, 4096), () => setTimeout(taken, 1)));
      entry.wrote(4096);
    }
  },

  /** Answers before the body was read. */
  early: ({ response }) => response.writeHead(413).end('too early'),

  /** `?of=ID&until=MILESTONE`: what is known of requests with that id, now or once they have come so far. */
  journal: async ({ response, url, journal }) => {
    const entry = journal.entry(url.searchParams.get('of')!);
    const until = url.searchParams.get('until') as Milestone | null;
    response.end(JSON.stringify(until === null ? entry.record() : await entry.reached(until)));
  },

  /** The origin at which the responses of `raw-responses.ts` are served, byte by byte. */
  'raw-origin': ({ response, rawOrigin }) => response.end(rawOrigin),

  /** A port on which nobody listens. */
  'closed-port': async ({ response }) => {
    response.end(String(await freePort()));
  },
};
