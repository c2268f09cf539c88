/** What TLS asks the owner of a manager, answered on the other side of a port. */
import * as https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import type { QuestionType } from '../../../src/call/question.ts';
import { Cleanup, portOf } from '../../support/listening.ts';
import { pair } from './pair.ts';

const cleanup = new Cleanup();
const KEY = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);

/** A client of a server that is known by a key alone. */
async function pairWith(questions: readonly QuestionType[]) {
  const pskCallback = (_socket: TLSSocket, identity: string): Uint8Array | null =>
    identity === 'us' ? KEY : null;
  const server = https.createServer(
    { pskCallback, ciphers: 'PSK+AESGCM:TLS_AES_128_GCM_SHA256' } as never,
    (_, response) => response.end('in'),
  );
  server.on('tlsClientError', () => {});
  await cleanup.listen(server);
  const both = pair({ addresses: ['127.0.0.1'], questions });
  cleanup.add(() => both[Symbol.asyncDispose]());
  return { ...both, url: `https://127.0.0.1:${portOf(server)}/` };
}

test('a pre-shared key is asked for there, where the policy says so', async () => {
  const { client, url } = await pairWith(['preSharedKey']);
  const reply = client.get(url);
  reply.on('preSharedKeyAuthenticationRequired', async (authenticator) => {
    await Promise.resolve();
    expect(authenticator).toMatchObject({ hostname: '127.0.0.1', identityHint: null });
    Object.assign(authenticator, { identity: 'us', preSharedKey: KEY });
  });
  expect(await reply.text()).toBe('in');
});

test('otherwise the owner is asked, and the client has no say', async () => {
  const { client, manager, url } = await pairWith([]);
  client.on('preSharedKeyAuthenticationRequired', () => {
    throw new Error('it was asked');
  });
  manager.on('preSharedKeyAuthenticationRequired', (_reply, authenticator) => {
    Object.assign(authenticator, { identity: 'us', preSharedKey: KEY });
  });
  expect(await client.get(url).text()).toBe('in');
});

test('a listener there that fails has said no', async () => {
  const { client, url } = await pairWith(['preSharedKey']);
  const reply = client
    .get(url)
    .on('preSharedKeyAuthenticationRequired', () => Promise.reject(new Error('shut')));
  await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled' });
});
