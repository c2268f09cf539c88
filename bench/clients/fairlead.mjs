import { NetworkAccessManager } from 'fairlead';

export function create({ connections, ca, http2 }) {
  const manager = new NetworkAccessManager({
    connectionsPerHost: connections,
    http2Allowed: http2,
    ...(ca ? { tls: { ca } } : {}),
  });
  const get = async (url) => (await manager.get(url).text()).length;
  return {
    get,
    post: (url, value) => manager.post({ url, json: value }).json(),
    redirected: get,
    download: (url, onChunk) => {
      const reply = manager.get(url);
      reply.on('readyRead', () => onChunk(reply.readAll()));
      return reply.completed;
    },
    iterate: async (url, onChunk) => {
      for await (const chunk of manager.get(url)) onChunk(chunk);
    },
    upload: (url, body) => manager.put(url, body).text(),
    close: () => manager.close(),
  };
}
