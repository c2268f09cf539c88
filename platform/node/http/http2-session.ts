import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { ResponseLimits } from '../../../src/http1/response-limits.ts';

/** Bytes that a peer may send on a stream that nobody reads: they are held in memory. */
const STREAM_WINDOW = 1024 * 1024;
/** The same for the whole connection. Node takes everything from it at once, so this only keeps the peer from waiting. */
const CONNECTION_WINDOW = 16 * 1024 * 1024;
/** `:status` is no field. */
const PSEUDO_FIELDS = 1;

/** Starts HTTP/2 on a socket that is connected. Loads `node:http2` when it is first needed. */
export async function openHttp2Session(socket: Socket, limits: ResponseLimits): Promise<ClientHttp2Session> {
  const { connect } = await import('node:http2');
  const session = connect('http://localhost', {
    createConnection: () => socket,
    settings: {
      enablePush: false,
      initialWindowSize: STREAM_WINDOW,
      maxHeaderListSize: limits.headSize,
    },
    maxHeaderListPairs: limits.fields + PSEUDO_FIELDS,
  });
  session.setLocalWindowSize(CONNECTION_WINDOW);
  return session;
}
