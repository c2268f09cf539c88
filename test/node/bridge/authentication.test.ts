/** A challenge that the owner of a manager receives, answered on the other side of a port. */
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import type { QuestionType } from '../../../src/call/question.ts';
import { Cleanup, portOf } from '../../support/listening.ts';
import { HELLO, pair, rawPort, requestMessage } from './pair.ts';

const cleanup = new Cleanup();

/** A server that wants Basic, and what was sent there. */
async function challenging() {
  const sent: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    sent.push(headers.authorization);
    if (headers.authorization !== undefined) response.end('welcome');
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('refused');
  });
  await cleanup.listen(server);
  return { sent, url: `http://127.0.0.1:${portOf(server)}/` };
}

/** A client whose requests go there. */
async function pairWith(questions: readonly QuestionType[]) {
  const both = pair({ addresses: ['127.0.0.1'], questions });
  cleanup.add(() => both[Symbol.asyncDispose]());
  return { ...both, ...(await challenging()) };
}

test('it is asked where the policy says so', async () => {
  const { client, url, sent } = await pairWith(['authentication']);
  client.on('authenticationRequired', (reply, authenticator) => {
    expect([reply.url, authenticator.realm, authenticator.origin]).toEqual([url, 'x', url.slice(0, -1)]);
    authenticator.user = 'user';
    authenticator.password = 'pass';
  });
  expect(await client.get(url).text()).toBe('welcome');
  expect(sent).toEqual([undefined, `Basic ${btoa('user:pass')}`]);
});

test('otherwise the owner is asked, as it is after silence', async () => {
  for (const questions of [[], ['authentication']] as const) {
    const { client, manager, url } = await pairWith(questions);
    client.on('authenticationRequired', (_, authenticator) => {
      if (questions.length === 0) Object.assign(authenticator, { user: 'not', password: 'asked' });
    });
    manager.on('authenticationRequired', (_, authenticator) => {
      Object.assign(authenticator, { user: 'of', password: 'owner' });
    });
    expect(await client.get(url).text()).toBe('welcome');
  }
});

test('a client that goes away while it is asked has answered no', async () => {
  const { sent, url } = await challenging();
  const manager = new NetworkAccessManager();
  const raw = rawPort({ addresses: ['127.0.0.1'], questions: ['authentication'] }, manager);
  cleanup.add(raw.end);
  manager.on('authenticationRequired', (_, authenticator) => {
    Object.assign(authenticator, { user: 'of', password: 'owner' });
  });
  raw.say(HELLO, requestMessage(1, url));
  await raw.until('question');
  const closed = new Promise((resolve) => raw.served.on('closed', resolve));
  raw.leave();
  await closed;
  expect([raw.served.requestsUnderWay, sent]).toEqual([0, [undefined]]);
});
