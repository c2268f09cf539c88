/** A thread that has a manager, and serves each port that it is given with it. */
import { parentPort } from 'node:worker_threads';
import { serve } from '../../dist/node/bridge.js';
import { NetworkAccessManager } from '../../dist/node/index.js';

const manager = new NetworkAccessManager({ proxy: 'none' });
parentPort.on('message', (said) => {
  if (said === 'memory') parentPort.postMessage(process.memoryUsage());
  else serve(manager, said.port, { addresses: ['127.0.0.1'], ...said.limits });
});
