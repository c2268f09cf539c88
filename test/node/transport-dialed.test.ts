import { afterAll } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { testTransport } from '../suites/transport.ts';
import { Cleanup } from '../support/listening.ts';
import { loopbackEnvironment, secureEnvironment } from '../support/loopback-environment.ts';
import { startRelay, throughRelay } from '../support/tunnel.ts';

/** The contract of a transport does not depend on how its connections come about. */
const [plain, http1, http2] = await Promise.all([
  loopbackEnvironment('strict'),
  secureEnvironment('http/1.1'),
  secureEnvironment('h2'),
]);
const cleanup = new Cleanup(afterAll);
cleanup.add(() => Promise.all([plain.close(), http1.close(), http2.close()]));
const { port } = await startRelay(cleanup);
const over = (as: 'socket' | 'stream') => () => new SocketTransport({}, throughRelay(port, as));
/** Names are not resolved, what cannot be reached is reset, and the relay has buffers of its own. */
const relayed = {
  limits: ['a refused connection', 'a host that does not exist'],
  readAhead: 64 * 1024 * 1024,
};

testTransport('SocketTransport over TLS', () => new SocketTransport(), http1);
testTransport('SocketTransport over HTTP/2', () => new SocketTransport(), http2);
testTransport('SocketTransport through a tunnel', over('socket'), { ...plain, ...relayed });
testTransport('SocketTransport through a tunnel that is no socket', over('stream'), { ...plain, ...relayed });
testTransport('SocketTransport over TLS in a tunnel', over('socket'), { ...http1, ...relayed });
testTransport('SocketTransport over TLS in a stream', over('stream'), { ...http1, ...relayed });
testTransport('SocketTransport over HTTP/2 in a stream', over('stream'), { ...http2, ...relayed });
