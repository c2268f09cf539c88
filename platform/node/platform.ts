import { toRequestBody } from '../../src/message/request-body.ts';
import { assemble } from '../../src/pipeline/assemble.ts';
import { httpStages } from '../../src/pipeline/http.ts';
import { queueLimits } from '../../src/pipeline/queue-limits.ts';
import type { Platform } from '../../src/platform.ts';
import { RequestQueue } from '../../src/queue/request-queue.ts';
import { pipelineSource } from '../../src/reply/pipeline-source.ts';
import { replyWire } from '../../src/reply/wire.ts';
import { dataScheme } from '../../src/transport/data.ts';
import { parseKnownUrl } from '../../src/util/known-origins.ts';
import { startSoon } from '../../src/util/soon.ts';
import { withScheme } from '../../src/util/url.ts';
import { checkTls } from './check-tls.ts';
import { CookieJar } from './cookie-jar.ts';
import { decodeText } from './decode-text.ts';
import { nodeDecoders } from './decoders.ts';
import { expectListeners } from './expect-listeners.ts';
import { fileScheme } from './file-scheme.ts';
import { SocketTransport } from './http/socket-transport.ts';
import { StrictTransportSecurity } from './strict-transport-security.ts';

/** Node hides nothing: the whole list, over sockets. */
export const nodePlatform: Platform = {
  defaults: () => ({
    userAgent: 'fairlead/0.1.0',
    cookieJar: new CookieJar(),
    strictTransportSecurity: new StrictTransportSecurity(),
  }),
  acceptOptions({ signal, tls }) {
    if (signal !== null) expectListeners(signal);
    if (tls !== null) checkTls(tls);
  },
  createTransport: () => new SocketTransport(),
  createSources() {
    const queue = new RequestQueue();
    return (parts) => {
      queue.configure(queueLimits(parts.options));
      const run = assemble(httpStages(parts, queue, nodeDecoders), parts);
      return pipelineSource(run, { wire: replyWire, startSoon, decodeText });
    };
  },
  schemes: new Map([
    ['data', dataScheme()],
    ['file', fileScheme],
  ]),
  parseUrl: (input) => {
    const url = parseKnownUrl(input);
    // One origin, whichever way it is written (Qt: QNetworkAccessManager::createRequest).
    return url.scheme === 'local+http' ? withScheme(url, 'unix+http', url.port) : url;
  },
  toRequestBody,
};
