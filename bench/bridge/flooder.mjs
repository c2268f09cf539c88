/** A client that says as much as it is told to, in a thread of its own. What it is answered it throws away. */
import { parentPort, workerData } from 'node:worker_threads';

const get = { type: 'request', method: 'GET', options: {}, body: null };
const SAYS = {
  requests: (id, url) => ({ ...get, id, url, headers: [] }),
  refused: (id) => ({ ...get, id, url: 'file:///etc/passwd', headers: [] }),
  nothing: () => ({ type: 'ping' }),
  large: (id, url) => ({ ...get, id, url, headers: Array(20_000).fill('a') }),
};

export const messagesOf = (says, url, count, from = 0) =>
  Array.from({ length: count }, (_, i) => SAYS[says](from + i + 1, url));

/** Floods a port, until what is returned is called. */
function begin(port) {
  const { says, perSecond, origin } = workerData;
  let isOver = false;
  port.on('message', () => {});
  port.on('close', () => {
    if (!isOver) parentPort.postMessage('closed by the owner');
  });
  port.postMessage([{ type: 'hello', major: 1, minor: 0 }]);
  const began = performance.now();
  let said = 0;
  const flow = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond) - said;
    const messages = messagesOf(says, `${origin}/`, Math.min(due, 2000), said);
    said += messages.length;
    for (let at = 0; at < messages.length; at += 50) port.postMessage(messages.slice(at, at + 50));
  }, 2);
  return () => {
    isOver = true;
    clearInterval(flow);
    port.close();
  };
}

if (workerData?.says !== undefined) {
  let stop = () => {};
  parentPort.on('message', (port) => {
    stop();
    stop = port === null ? () => {} : begin(port);
  });
}
