import http from 'node:http';
import https from 'node:https';
import axios from 'axios';

export function create({ connections, ca }) {
  const options = { keepAlive: true, maxSockets: connections };
  const httpAgent = new http.Agent(options);
  const httpsAgent = new https.Agent({ ...options, ca });
  const client = axios.create({ httpAgent, httpsAgent, responseType: 'text', proxy: false });
  return {
    get: async (url) => (await client.get(url)).data.length,
    close: () => {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
