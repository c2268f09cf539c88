import http from 'node:http';
import https from 'node:https';

export function create({ connections, ca }) {
  const options = { keepAlive: true, maxSockets: connections };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent({ ...options, ca }) };
  return {
    get: (url) =>
      new Promise((resolve, reject) => {
        const { protocol } = new URL(url);
        const request = (protocol === 'https:' ? https : http).get(
          url,
          { agent: agents[protocol] },
          (response) => {
            const chunks = [];
            response.on('data', (chunk) => chunks.push(chunk));
            response.on('end', () => resolve(Buffer.concat(chunks).toString().length));
            response.on('error', reject);
          },
        );
        request.on('error', reject);
      }),
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
