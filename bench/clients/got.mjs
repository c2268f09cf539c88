import http from 'node:http';
import https from 'node:https';
import got from 'got';

export function create({ connections, ca }) {
  const options = { keepAlive: true, maxSockets: connections };
  const agent = { http: new http.Agent(options), https: new https.Agent({ ...options, ca }) };
  const client = got.extend({ agent, retry: { limit: 0 }, https: ca ? { certificateAuthority: ca } : {} });
  return {
    get: async (url) => (await client(url).text()).length,
    close: () => {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}
