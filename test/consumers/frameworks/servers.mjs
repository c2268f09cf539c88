// Hands what fetch gives to servers, and shows what their clients get. Run with the entry of the package and an origin.
import { serveWithNext } from './next.mjs';

const [entry, upstream] = process.argv.slice(2);
const { NetworkAccessManager } = await import(entry);
const manager = new NetworkAccessManager();

/** What a server may do with it. */
const answers = {
  itself: () => manager.fetch(`${upstream}/hello`),
  missing: () => manager.fetch(`${upstream}/missing`),
  copy: async () => {
    const response = await manager.fetch(`${upstream}/hello`);
    return new Response(response.body, response);
  },
  clone: async () => (await manager.fetch(`${upstream}/hello`)).clone(),
  reply: () => manager.get(`${upstream}/hello`).response,
};

/** Each serves `/NAME of an answer`, and gives its origin and how it is closed. */
const servers = {
  async hono() {
    const [{ Hono }, { serve }] = await Promise.all([import('hono'), import('@hono/node-server')]);
    const app = new Hono();
    for (const [name, answer] of Object.entries(answers)) app.get(`/${name}`, answer);
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    return [`http://127.0.0.1:${server.address().port}`, () => server.close()];
  },
  async srvx() {
    const { serve } = await import('srvx');
    const server = serve({ port: 0, hostname: '127.0.0.1', silent: true, fetch: answerOf });
    await server.ready();
    return [server.url.replace(/\/$/, ''), () => server.close(true)];
  },
  async fastify() {
    const { default: fastify } = await import('fastify');
    const server = fastify();
    for (const [name, answer] of Object.entries(answers)) server.get(`/${name}`, () => answer());
    return [await server.listen({ port: 0, host: '127.0.0.1' }), () => server.close()];
  },
  next: () => serveWithNext(answers),
  async bun() {
    const server = globalThis.Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answerOf });
    return [`http://127.0.0.1:${server.port}`, () => server.stop(true)];
  },
  async deno() {
    const options = { port: 0, hostname: '127.0.0.1', onListen: () => {} };
    const server = globalThis.Deno.serve(options, answerOf);
    return [`http://127.0.0.1:${server.addr.port}`, () => server.shutdown()];
  },
};

function answerOf(request) {
  return answers[new URL(request.url).pathname.slice(1)]();
}

const onNode = ['hono', 'srvx', 'fastify', 'next'];
const runtime = globalThis.Bun ? ['bun'] : globalThis.Deno ? ['deno'] : onNode;
for (const name of runtime) {
  const [origin, close] = await servers[name]();
  for (const path of Object.keys(answers)) {
    const response = await fetch(`${origin}/${path}`);
    const type = response.headers.get('content-type');
    console.log(`${name} ${path} ${response.status} ${type} ${await response.text()}`);
  }
  await close();
}
process.exit();
