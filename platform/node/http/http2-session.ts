import type { ClientHttp2Session } from 'node:http2';
import type { ResponseLimits } from '../../../src/http1/response-limits.ts';
import type { Dialed } from '../dial/dialer.ts';
import { nodeOptions } from '../node-options.ts';

/** Bytes that a peer may send on a stream that nobody reads: they are held in memory. */
const STREAM_WINDOW = 1024 * 1024;
/** The same for the whole connection. Node takes everything from it at once, so this only keeps the peer from waiting. */
const CONNECTION_WINDOW = 16 * 1024 * 1024;
/** Where there is no limit: a setting has 32 bits (RFC 9113 §6.5.1), and so has Node's own. */
const NO_LIMIT = 2 ** 32 - 1;
/** Origins and alternative services that one connection may name. */
const MOST_ANNOUNCEMENTS = 1000;
/** RFC 9113 §7. */
const ENHANCE_YOUR_CALM = 11;
/** `:status` is no field. */
const PSEUDO_FIELDS = 1;

/** Starts HTTP/2 on a socket that is connected. */
export function openHttp2Session({ socket }: Dialed, limits: ResponseLimits): ClientHttp2Session {
  // Loaded when it is first needed, and without `import()`, which is not to be had in Jest.
  const { connect } = process.getBuiltinModule('node:http2');
  const settings = nodeOptions('http2Settings', {
    enablePush: false,
    initialWindowSize: STREAM_WINDOW,
    maxHeaderListSize: Math.min(limits.headSize, NO_LIMIT),
  });
  const options = nodeOptions('http2', {
    createConnection: () => socket,
    settings,
    maxHeaderListPairs: Math.min(limits.fields + PSEUDO_FIELDS, NO_LIMIT),
  });
  const session = connect('http://localhost', options);
  session.setLocalWindowSize(CONNECTION_WINDOW);
  countAnnouncements(session);
  return session;
}

/**
 * Origins (RFC 8336) and alternative services (RFC 7838) are not used here, but Node keeps every origin that a peer names,
 * for as long as the connection lives.
 */
function countAnnouncements(session: ClientHttp2Session): void {
  let count = 0;
  const announced = (number: number): void => {
    count += number;
    if (count > MOST_ANNOUNCEMENTS && !session.destroyed) session.destroy(tooMany(), ENHANCE_YOUR_CALM);
  };
  session.on('origin', (origins) => announced(Math.max(1, origins.length)));
  session.on('altsvc', () => announced(1));
}

function tooMany(): Error {
  const words = `more than ${MOST_ANNOUNCEMENTS} origins and alternative services were announced`;
  return Object.assign(new Error(words), { code: 'ERR_HTTP2_TOO_MANY_ANNOUNCEMENTS' });
}
