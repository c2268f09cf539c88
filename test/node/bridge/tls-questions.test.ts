/** What TLS asks the owner of a manager, answered on the other side of a port. */
import * as https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { connect, serve } from '../../../platform/node/bridge.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import type { QuestionType } from '../../../src/call/question.ts';
import { Cleanup, portOf } from '../../support/listening.ts';

const cleanup = new Cleanup();
const KEY = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);

/** A client of a server that is known by a key alone. */
async function pair(questions: readonly QuestionType[]) {
  const pskCallback = (_socket: TLSSocket, identity: string): Uint8Array | null =>
    identity === 'us' ? KEY : null;
  const server = https.createServer(
    { pskCallback, ciphers: 'PSK+AESGCM:TLS_AES_128_GCM_SHA256' } as never,
    (_, response) => response.end('in'),
  );
  server.on('tlsClientError', () => {});
  await cleanup.listen(server);
  const { port1, port2 } = new MessageChannel();
  const manager = new NetworkAccessManager();
  serve(manager, port1, { addresses: ['127.0.0.1'], questions });
  const client = connect(port2);
  cleanup.add(async () => {
    await client.close();
    await manager.close();
  });
  return { client, manager, url: `https://127.0.0.1:${portOf(server)}/` };
}

test('a pre-shared key is asked for there, where the policy says so', async () => {
  const { client, url } = await pair(['preSharedKey']);
  const reply = client.get(url);
  reply.on('preSharedKeyAuthenticationRequired', async (authenticator) => {
    await Promise.resolve();
    expect(authenticator).toMatchObject({ hostname: '127.0.0.1', identityHint: null });
    Object.assign(authenticator, { identity: 'us', preSharedKey: KEY });
  });
  expect(await reply.text()).toBe('in');
});

test('otherwise the owner is asked, and the client has no say', async () => {
  const { client, manager, url } = await pair([]);
  client.on('preSharedKeyAuthenticationRequired', () => {
    throw new Error('it was asked');
  });
  manager.on('preSharedKeyAuthenticationRequired', (_reply, authenticator) => {
    Object.assign(authenticator, { identity: 'us', preSharedKey: KEY });
  });
  expect(await client.get(url).text()).toBe('in');
});

test('a listener there that fails has said no', async () => {
  const { client, url } = await pair(['preSharedKey']);
  const reply = client
    .get(url)
    .on('preSharedKeyAuthenticationRequired', () => Promise.reject(new Error('shut')));
  await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled' });
});
