import { type AddressInfo, createServer, type Socket } from 'node:net';

/** RFC 9113 §6: types of frames. */
export const FRAME = { data: 0, headers: 1, resetStream: 3, settings: 4, goaway: 7 } as const;

const PREFACE_SIZE = 24;
const HEADER_SIZE = 9;
export const END_STREAM = 1;
const END_HEADERS = 4;

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

/**
 * A peer of HTTP/2 in cleartext that does what `node:http2` would never do. `handle` is called for every request, `watch`
 * with every frame's type and flags.
 */
export async function startRawHttp2Server(
  handle: (socket: Socket, streamId: number) => void,
  watch: (type: number, flags: number) => void = () => {},
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.write(frame(FRAME.settings, 0, new Uint8Array(0)));
    let received: Buffer = Buffer.alloc(0);
    let at = PREFACE_SIZE;
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= at + HEADER_SIZE) {
        watch(received[at + 3]!, received[at + 4]!);
        if (received[at + 3] === FRAME.headers) handle(socket, received.readUInt32BE(at + 5));
        at += HEADER_SIZE + received.readUIntBE(at, 3);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
