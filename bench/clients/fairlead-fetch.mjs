import { NetworkAccessManager } from 'fairlead';

export function create({ inFlight }) {
  const manager = new NetworkAccessManager({ connectionsPerHost: inFlight });
  return {
    get: async (url) => (await (await manager.fetch(url)).text()).length,
    close: () => manager.close(),
  };
}
