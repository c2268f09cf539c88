/** What benches of bridges have in common: a server, and a thread that has a manager and serves ports with it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { connect } from '../../dist/node/bridge.js';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function startOwner() {
  const owner = new Worker(file('./owner-thread.mjs'));
  const servers = [fork(file('./server.mjs')), fork(file('./server.mjs'))];
  const [origin, elsewhere] = await Promise.all(
    servers.map(async (server) => `http://127.0.0.1:${(await once(server, 'message'))[0]}`),
  );
  /** The client's end of a port. @param limits a policy beside what lets everything go */
  const portTo = (limits = { requestsPerSecond: 1e9, maximumRequests: 100_000 }) => {
    const { port1, port2 } = new MessageChannel();
    owner.postMessage({ port: port1, limits }, [port1]);
    return port2;
  };
  return {
    origin,
    elsewhere,
    portTo,
    /** Of the owner's thread. */
    async memory() {
      owner.postMessage('memory');
      return (await once(owner, 'message'))[0];
    },
    client: () => connect(portTo()),
    async end() {
      await owner.terminate();
      for (const server of servers) server.kill();
    },
  };
}

const middle = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];
const quartile = (all, nth) => all.toSorted((a, b) => a - b)[Math.round(((all.length - 1) * nth) / 4)];
/** Of several rounds: the middle and the quartiles. */
export const range = (all) =>
  `${middle(all).toFixed(2)} (${quartile(all, 1).toFixed(2)}–${quartile(all, 3).toFixed(2)})`;
