import { undiciOf } from '../peers.mjs';

const { Agent, interceptors, request } = await import(undiciOf(process.versions.node));

export function create({ connections, ca, http2 }) {
  const agent = new Agent({
    connections: http2 ? 1 : connections,
    pipelining: http2 ? connections : 1,
    allowH2: http2,
    connect: { ca },
  });
  const following = agent.compose(interceptors.redirect({ maxRedirections: 10 }));
  return {
    get: async (url) => (await (await request(url, { dispatcher: agent })).body.text()).length,
    post: async (url, value) => {
      const { body } = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      });
      return body.json();
    },
    redirected: async (url) => (await (await request(url, { dispatcher: following })).body.text()).length,
    download: async (url, onChunk) => {
      const { body } = await request(url, { dispatcher: agent });
      body.on('data', onChunk);
      await new Promise((resolve, reject) => body.on('end', resolve).on('error', reject));
    },
    iterate: async (url, onChunk) => {
      const { body } = await request(url, { dispatcher: agent });
      for await (const chunk of body) onChunk(chunk);
    },
    upload: async (url, body) => (await request(url, { dispatcher: agent, method: 'PUT', body })).body.text(),
    close: () => agent.close(),
  };
}
