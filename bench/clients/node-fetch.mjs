import http from 'node:http';
import fetch from 'node-fetch';

export function create({ connections }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  return {
    get: async (url) => (await (await fetch(url, { agent })).text()).length,
    close: () => agent.destroy(),
  };
}
