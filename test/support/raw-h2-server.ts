import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from './certificate.ts';

/** RFC 9113 §6: types of frames. */
export const FRAME = { data: 0, headers: 1, resetStream: 3, settings: 4, ping: 6, goaway: 7 } as const;

const PREFACE_SIZE = 24;
const HEADER_SIZE = 9;
export const END_STREAM = 1;
const END_HEADERS = 4;
const ACK = 1;

/** A frame of HTTP/2, byte by byte (RFC 9113 §4.1). */
export function frame(type: number, streamId: number, payload: Uint8Array, flags = 0): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

/** `:status: 200`, an entry of HPACK's static table. */
export const statusOk = (streamId: number): Buffer =>
  frame(FRAME.headers, streamId, Uint8Array.of(0x88), END_HEADERS);

export const data = (streamId: number, text: string, end?: 'end'): Buffer =>
  frame(FRAME.data, streamId, Buffer.from(text), end === undefined ? 0 : END_STREAM);

export function reset(streamId: number, code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(FRAME.resetStream, streamId, payload);
}

export function goaway(lastStreamId: number, code: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStreamId);
  payload.writeUInt32BE(code, 4);
  return frame(FRAME.goaway, 0, payload);
}

export interface RawHttp2Options {
  /** Whether a connection leaves PINGs unanswered. */
  readonly isMute?: (connection: number) => boolean;
  /** For TLS, with HTTP/1.1 as the other choice. */
  readonly identity?: Identity;
}

export interface RawHttp2Server {
  readonly origin: string;
  /** Of connections that were made so far. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  close(): Promise<void>;
}

/**
 * A peer of HTTP/2 that does what `node:http2` would never do. `handle` is called for every request, with the number of its
 * connection from 0 up, `watch` with every frame's type and flags. It acknowledges settings and, unless it is told to be
 * mute, PINGs. To whoever speaks HTTP/1.1 it says `HTTP/1.1`.
 */
export async function startRawHttp2Server(
  handle: (socket: Socket, streamId: number, connection: number) => void,
  watch: (type: number, flags: number) => void = () => {},
  { isMute = () => false, identity }: RawHttp2Options = {},
): Promise<RawHttp2Server> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket): void => {
    const connection = connections++;
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
    let received: Buffer = Buffer.alloc(0);
    let at = PREFACE_SIZE;
    socket.on('data', (bytes) => {
      if (received.length === 0) {
        if (!bytes.toString('latin1', 0, 3).startsWith('PRI')) {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nHTTP/1.1');
          return;
        }
        socket.write(frame(FRAME.settings, 0, new Uint8Array(0)));
      }
      received = Buffer.concat([received, bytes]);
      while (received.length >= at + HEADER_SIZE) {
        const type = received[at + 3]!;
        const size = received.readUIntBE(at, 3);
        const flags = received[at + 4]!;
        watch(type, flags);
        if (type === FRAME.headers) handle(socket, received.readUInt32BE(at + 5), connection);
        if (type === FRAME.settings && (flags & ACK) === 0)
          socket.write(frame(FRAME.settings, 0, new Uint8Array(0), ACK));
        const payload = received.subarray(at + HEADER_SIZE, at + HEADER_SIZE + size);
        if (type === FRAME.ping && !isMute(connection)) socket.write(frame(FRAME.ping, 0, payload, ACK));
        at += HEADER_SIZE + size;
      }
    });
  };
  const server: Server =
    identity === undefined
      ? createServer(serve)
      : createTlsServer({ ...identity, ALPNProtocols: ['h2', 'http/1.1'] }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    origin: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
