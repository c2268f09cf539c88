/** Where the browser denies Web Locks: a sandboxed frame, which is as good as a browser that stores nothing for the site. */
import { afterEach, expect, inject, test } from 'vitest';
import { serve } from '../../platform/bridge/index.ts';
import { NetworkAccessManager } from '../../platform/browser/index.ts';

const server = inject('server');
const frame = document.createElement('iframe');
const manager = new NetworkAccessManager();
afterEach(async () => {
  frame.remove();
  await manager.close();
});

test('no tab leads, which each request is told at once; a port works', { timeout: 60_000 }, async () => {
  frame.sandbox.add('allow-scripts');
  frame.srcdoc = `<script src="${new URL('/tab/denied-page.js', location.href)}"></script>`;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  await loaded;
  const [answer, client] = [new MessageChannel(), new MessageChannel()];
  const answered = new Promise((resolve) => {
    answer.port1.onmessage = ({ data }) => resolve(data);
  });
  serve(manager, client.port1, { addresses: ['127.0.0.1', 'localhost'] });
  frame.contentWindow!.postMessage(`${server}/hello`, '*', [answer.port2, client.port2]);
  expect(await answered).toEqual({
    tabs: Array(2).fill('protocol-invalid-operation'),
    bridge: 'hello',
    unhandled: [],
  });
});
