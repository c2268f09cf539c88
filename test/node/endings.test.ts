import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager, type NetworkReply } from '../../platform/node/index.ts';
import { eventually } from '../support/eventually.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Told of each request that reaches the server, so that a test knows how far its own has come. */
let arrived: () => void = () => {};
const seen =
  (route: Route): Route =>
  (call) => {
    arrived();
    return route(call);
  };
const away: Route = ({ response }) => void response.writeHead(302, { location: '/hang' }).end();
const flood: Route = ({ response }) => {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
  };
  response.on('drain', more);
  more();
};
const routes: Readonly<Record<string, Route>> = {
  hang: seen(() => {}),
  stall: seen(({ response }) => void response.writeHead(200, { 'content-length': '9' }).write('half')),
  // A server that does not read sees no end, either.
  taking: seen(({ request }) => void request.resume()),
  away,
  flood,
  busy: ({ response }) => void response.writeHead(503).end(),
  private: ({ response }) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end(),
};

let server: TestServer;
let manager: NetworkAccessManager;
beforeAll(async () => {
  server = await startServer({ routes });
});
afterAll(() => server.close());
beforeEach(() => {
  manager = new NetworkAccessManager({ connectionsPerHost: 1 });
});
afterEach(async () => {
  arrived = () => {};
  await manager.close();
});

interface Under {
  readonly url: (path: string) => string;
  readonly timeouts: { readonly total?: number };
  readonly signal: AbortSignal;
  /** Tells that the request is where the test wants it. */
  readonly isThere: () => void;
}

const never = new Promise<never>(() => {});
const on = (reply: NetworkReply, signal: string, listener: () => unknown): NetworkReply =>
  reply.on(signal as 'finished', listener as () => void);

/** Where a request can be, and how it gets there. */
const PHASES: Readonly<Record<string, (under: Under) => NetworkReply>> = {
  'waiting for a slot': ({ url, isThere, ...rest }) => {
    manager.get(url('hang'));
    arrived = isThere;
    return manager.get({ url: url('hello'), ...rest });
  },
  'waiting for the head': ({ url, isThere, ...rest }) => {
    arrived = isThere;
    return manager.get({ url: url('hang'), ...rest });
  },
  'waiting for the head of another hop': ({ url, isThere, ...rest }) => {
    arrived = isThere;
    return manager.get({ url: url('away'), ...rest });
  },
  'in a body': ({ url, isThere, ...rest }) =>
    on(manager.get({ url: url('stall'), ...rest }), 'readyRead', isThere),
  'in a body that nobody reads': ({ url, isThere, ...rest }) =>
    on(manager.get({ url: url('flood'), ...rest }), 'metaDataChanged', isThere),
  'in an upload': ({ url, isThere, ...rest }) => {
    arrived = isThere;
    async function* body() {
      for (;;) yield new Uint8Array(64 * 1024);
    }
    return manager.post({ url: url('taking'), ...rest }, body());
  },
  'being asked about a redirect': ({ url, isThere, ...rest }) => {
    const reply = manager.get({ url: url('away'), redirectPolicy: 'user-verified', ...rest });
    return on(reply, 'redirected', () => {
      isThere();
      return never;
    });
  },
  'being asked who it is': ({ url, isThere, ...rest }) =>
    on(manager.get({ url: url('private'), ...rest }), 'authenticationRequired', () => {
      isThere();
      return never;
    }),
  'pausing before another attempt': ({ url, isThere, ...rest }) => {
    const retry = { delay: 1e6, maximumDelay: 1e6, totalTime: 1e7 };
    return on(manager.get({ url: url('busy'), retry, ...rest }), 'retrying', isThere);
  },
  'in an interceptor': ({ url, isThere, ...rest }) => {
    const interceptors = [
      () => {
        isThere();
        return never;
      },
    ];
    return manager.get({ url: url('hello'), interceptors, ...rest });
  },
};

/** What ends it, and the error that is told then. */
const ENDINGS: Readonly<Record<string, readonly [code: string, end: (reply: NetworkReply) => unknown]>> = {
  'reply.abort()': ['operation-canceled', (reply) => reply.abort()],
  'its signal': ['operation-canceled', () => {}],
  'manager.close()': ['operation-canceled', () => manager.close()],
  'a timeout': ['timeout', () => {}],
};

describe.each(Object.keys(PHASES))('%s', (phase) => {
  test.each(Object.entries(ENDINGS))(
    '%s ends a request at once, and tells it once',
    async (name, [code, end]) => {
      const controller = new AbortController();
      const told: string[] = [];
      const reply = await new Promise<NetworkReply>((resolve) => {
        const started = PHASES[phase]!({
          url: (path) => `${server.origin}/${path}`,
          timeouts: name === 'a timeout' ? { total: 100 } : {},
          signal: controller.signal,
          isThere: () => queueMicrotask(() => resolve(started)),
        });
        // A timeout may be faster.
        started.on('finished', () => resolve(started));
        started
          .on('errorOccurred', (error) => told.push(error.code))
          .on('finished', () => told.push('finished'));
      });
      const ended = new Promise((resolve) => {
        if (reply.isFinished) resolve(null);
        else reply.on('finished', () => resolve(null));
      });
      end(reply);
      if (name === 'its signal') controller.abort();
      await ended;
      expect(told).toEqual([code, 'finished']);
      // All the others come too late, and whoever reads hears the same.
      reply.abort();
      controller.abort();
      await expect(reply.bytes()).rejects.toBe(reply.error);
      expect(told).toEqual([code, 'finished']);

      if (name !== 'manager.close()' && phase !== 'waiting for a slot')
        expect(await manager.get(`${server.origin}/hello`).text()).toBe('hello');
      await manager.close();
      expect(told).toEqual([code, 'finished']);
      await eventually(() => expect(server.open).toBe(0));
    },
  );
});
