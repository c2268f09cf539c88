/** A client that says as much as it is told to, in a thread of its own. What it is answered it throws away. */
import { parentPort, workerData } from 'node:worker_threads';

const { origin, flood } = workerData;
const body = { headers: [], options: {}, body: null };
const get = { type: 'request', operation: 'get', method: 'GET', ...body };
let id = 0;
const SAYS = {
  requests: () => ({ ...get, id: ++id, url: `${origin}/` }),
  refused: () => ({ ...get, id: ++id, url: 'file:///etc/passwd' }),
  nothing: () => ({ type: 'ping' }),
  large: () => ({ ...get, id: ++id, url: `${origin}/`, headers: Array(20_000).fill('a') }),
};
const { says, perSecond } = flood;

/** Floods that port, until what is returned is called. */
function begin(port) {
  id = 0;
  port.on('message', () => {});
  port.on('close', () => parentPort.postMessage('closed'));
  port.postMessage([{ type: 'hello', major: 1, minor: 0 }]);
  const began = performance.now();
  let said = 0;
  const flow = setInterval(() => {
    const due = Math.min(((performance.now() - began) / 1000) * perSecond, said + 2000);
    const messages = [];
    for (; said < due; said++) messages.push(SAYS[says]());
    for (let at = 0; at < messages.length; at += 50) port.postMessage(messages.slice(at, at + 50));
  }, 2);
  return () => {
    clearInterval(flow);
    port.close();
  };
}

let stop = () => {};
parentPort.on('message', (port) => {
  stop();
  stop = port === null ? () => {} : begin(port);
});
