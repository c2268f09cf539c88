import { Agent, interceptors, request } from 'undici';

export function create({ inFlight, ca, http2 }) {
  const agent = new Agent({
    connections: http2 ? 1 : inFlight,
    pipelining: http2 ? inFlight : 1,
    allowH2: http2,
    connect: { ca },
  });
  const following = agent.compose(interceptors.redirect({ maxRedirections: 10 }));
  return {
    get: async (url) => (await (await request(url, { dispatcher: agent })).body.text()).length,
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
