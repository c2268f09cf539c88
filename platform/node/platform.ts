import { setMaxListeners } from 'node:events';
import { foreignWord } from '../../src/checks/foreign-words.ts';
import { cookieStages } from '../../src/cookies/stage.ts';
import { decodingStage } from '../../src/decoding/stage.ts';
import { fetchStage } from '../../src/headers/fetch-fields.ts';
import { Manager } from '../../src/manager.ts';
import type { Platform } from '../../src/platform.ts';
import { Proxies } from '../../src/proxy/stage.ts';
import { platformRedirectStage } from '../../src/redirect/platform-stage.ts';
import { redirectStage } from '../../src/redirect/stage.ts';
import { dataScheme } from '../../src/schemes/data.ts';
import { SilenceWatch } from '../../src/timeout/silence-watch.ts';
import { checkPins } from '../../src/tls/certificate-pins.ts';
import { IgnoredErrors } from '../../src/tls/ignored-errors.ts';
import { parseKnownUrl } from '../../src/util/known-origins.ts';
import { type ParsedUrl, withScheme } from '../../src/util/url.ts';
import { tellEarlyRead } from '../common/development.ts';
import { nodeContexts } from './async-context.ts';
import { Authentication } from './authentication.ts';
import { blobScheme } from './blob-scheme.ts';
import { acceptTls } from './check-tls.ts';
import { CookieJar } from './cookie-jar.ts';
import { nodeDecoders } from './decoders.ts';
import { traceRequest } from './diagnostics.ts';
import { fileScheme } from './file-scheme.ts';
import { SocketTransport } from './http/socket-transport.ts';
import { checkProxy, proxySources } from './proxy/proxy-sources.ts';
import { StrictTransportSecurity } from './strict-transport-security.ts';
import { textDecoding } from './text-decoding.ts';
import { turn } from './upload.ts';

/** Node hides nothing: the whole list, over sockets. */
export const nodePlatform: Platform = {
  defaults: (clock) => ({
    userAgent: 'fairlead/0.1.0',
    cookieJar: new CookieJar({ clock }),
    authentication: new Authentication(),
    strictTransportSecurity: new StrictTransportSecurity({ clock }),
  }),
  acceptOptions({ signal, tls, proxy, certificatePins }) {
    if (signal !== null) expectListeners(signal);
    if (tls !== null) acceptTls(tls);
    if (certificatePins !== null) checkPins(certificatePins);
    if (proxy !== 'default') checkProxy(proxy);
  },
  createTransport: (clock) => new SocketTransport({ clock }),
  rules: {
    redirects: redirectStage,
    platformRedirects: platformRedirectStage,
    cookies: cookieStages,
    decoding: decodingStage(nodeDecoders),
    proxies: () => new Proxies(proxySources((options) => new Manager(nodePlatform, options))),
    fetch: fetchStage,
  },
  textDecoding,
  asyncContexts: nodeContexts,
  turn,
  tlsAnswers: new IgnoredErrors(),
  tellEarlyRead,
  traceRequest,
  SilenceWatch,
  optionHint: foreignWord,
  schemes: new Map([
    ['data', dataScheme()],
    ['file', fileScheme],
    ['blob', blobScheme],
  ]),
  parseUrl: (input, base) => {
    const url = parseAbsolute(input, base);
    // One origin, whichever way it is written (Qt: QNetworkAccessManager::createRequest).
    return url.scheme === 'local+http' ? withScheme(url, 'unix+http', url.port) : url;
  },
};

/** There is no document here that a URL could be relative to. */
function parseAbsolute(input: string | URL, base?: string): ParsedUrl {
  try {
    return parseKnownUrl(input, base);
  } catch (error) {
    const isRelative = base === undefined && !/^\s*[a-z][a-z0-9+.-]*:/i.test(String(input));
    if (!isRelative) throw error;
    // `//user:password@host` is relative, too.
    const shown = String(input).includes('@') ? 'it' : JSON.stringify(String(input).slice(0, 100));
    throw new TypeError(
      `URL: ${shown} is not absolute; begin it, or the option baseUrl, with http:// or https://`,
      { cause: error },
    );
  }
}

/**
 * One signal may abort any number of requests, and each listens to it: Node would warn of a leak with the eleventh. Its own
 * fetch lifts that limit, too.
 */
function expectListeners(signal: AbortSignal): void {
  // What stands in for a signal knows no such limit.
  if (!(signal instanceof EventTarget)) return;
  try {
    setMaxListeners(0, signal);
  } catch {
    // Neither do the signals of jsdom, which Node takes for no EventTarget.
  }
}
