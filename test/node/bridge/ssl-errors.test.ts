/** Certificates that cannot be accepted as they are: a client is asked where the policy says so, and nowhere else. */
import * as https from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BridgePolicyInput } from '../../../platform/node/bridge.ts';
import { CertificateAuthority } from '../../support/certificate.ts';
import { Cleanup, portOf } from '../../support/listening.ts';
import { pair } from './pair.ts';

const cleanup = new Cleanup(afterAll);
let url: string;
beforeAll(async () => {
  const server = https.createServer(new CertificateAuthority('Nobody knows it').issue(), (_, response) =>
    response.end('hello'),
  );
  await cleanup.listen(server);
  url = `https://localhost:${portOf(server)}/`;
});

function pairWith(policy: BridgePolicyInput) {
  const both = pair({ addresses: ['localhost'], ...policy });
  cleanup.add(() => both[Symbol.asyncDispose]());
  return both;
}

test.each([
  ['those that it is asked about', () => undefined],
  ['the very ones', (errors: readonly never[]) => errors],
])('a client that is asked accepts %s', async (_name, chosen) => {
  const { client } = pairWith({ questions: ['sslErrors'] });
  const reply = client.get(url);
  const codes: string[] = [];
  reply.on('sslErrors', (errors) => {
    codes.push(...errors.map(({ code }) => code));
    reply.ignoreSslErrors(chosen(errors as never));
  });
  expect(await reply.text()).toBe('hello');
  expect(codes).not.toEqual([]);
});

test('one that says so before it is asked', async () => {
  const { client } = pairWith({ questions: ['sslErrors'] });
  const reply = client.get(url);
  reply.ignoreSslErrors();
  expect(await reply.text()).toBe('hello');
});

test('others of another certificate are not accepted with them', async () => {
  const { client } = pairWith({ questions: ['sslErrors'] });
  const reply = client.get(url);
  reply.ignoreSslErrors([
    { code: 'self-signed-certificate-in-chain', certificate: { fingerprint256: 'AB' } },
  ]);
  await expect(reply.text()).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
});

test('one that is not asked is told so, and has accepted nothing', async () => {
  const { client, manager } = pairWith({});
  await client.ready;
  const reply = client.get(url);
  expect(() => reply.ignoreSslErrors()).toThrow(/rule questions/);
  await expect(reply.text()).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
  // The owner's own listeners are asked as ever.
  manager.on('sslErrors', (one) => one.ignoreSslErrors());
  expect(await client.get(url).text()).toBe('hello');
});
