import { NetworkAccessManager } from 'fairlead';

export function create({ connections }) {
  const manager = new NetworkAccessManager({ connectionsPerHost: connections });
  return {
    get: async (url) => (await (await manager.fetch(url)).text()).length,
    close: () => manager.close(),
  };
}
