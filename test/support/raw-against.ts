import { SocketTransport, type SocketTransportOptions } from '../../platform/node/http/socket-transport.ts';
import { type RawHandler, type RawServer, startRawServer } from './raw-server.ts';

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Answers every request with {@link OK}. */
export const answerOk: RawHandler = (socket) => {
  socket.write(OK);
};

/** Runs a test with a server that is told what to do byte by byte, and a transport of its own. */
export async function againstRaw(
  handler: RawHandler,
  run: (server: RawServer, transport: SocketTransport) => Promise<void>,
  options: SocketTransportOptions = {},
): Promise<void> {
  const server = await startRawServer(handler);
  const transport = new SocketTransport(options);
  try {
    await run(server, transport);
  } finally {
    await transport.close();
    await server.close();
  }
}
