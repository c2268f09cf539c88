import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

/**
 * Route handlers of Next's App Router, `/NAME` for each of `answers`, without its compiler: a module of a route as a build
 * makes it (`build/templates/app-route`), called by Next's own module for routes and sent by Next's own function.
 */
export async function serveWithNext(answers) {
  Object.assign(process.env, { NODE_ENV: 'production', NEXT_RUNTIME: 'nodejs' });
  globalThis.AsyncLocalStorage = AsyncLocalStorage;
  const require = createRequire(import.meta.url);
  const { AppRouteRouteModule } = require('next/dist/server/route-modules/app-route/module.compiled');
  const { NodeNextRequest, NodeNextResponse } = require('next/dist/server/base-http/node');
  const adapter = require('next/dist/server/web/spec-extension/adapters/next-request');
  const { sendResponse } = require('next/dist/server/send-response');
  const routes = new Map();
  for (const [name, GET] of Object.entries(answers)) {
    const module = new AppRouteRouteModule({
      definition: {
        kind: 'APP_ROUTE',
        page: `/${name}/route`,
        pathname: `/${name}`,
        filename: 'route',
        bundlePath: `app/${name}/route`,
      },
      distDir: '.next',
      relativeProjectDir: '',
      resolvedPagePath: `app/${name}/route.ts`,
      userland: () => ({ GET, dynamic: 'force-dynamic' }),
    });
    await module.ensureUserland();
    routes.set(`/${name}`, module);
  }
  const server = createServer(async (incoming, outgoing) => {
    const request = new NodeNextRequest(incoming);
    const signal = adapter.signalFromNodeResponse(outgoing);
    const response = await routes
      .get(incoming.url)
      .handle(adapter.NextRequestAdapter.fromNodeNextRequest(request, signal), {
        params: {},
        renderOpts: { experimental: {}, onClose: (listener) => outgoing.on('close', listener) },
        sharedContext: { buildId: 'test' },
      });
    await sendResponse(request, new NodeNextResponse(outgoing), response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return [`http://127.0.0.1:${server.address().port}`, () => server.close()];
}
