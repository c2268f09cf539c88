/** A challenge that the owner of a manager receives, answered on the other side of a port. */
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import type { QuestionType } from '../../../src/call/question.ts';
import { Cleanup, portOf } from '../../support/listening.ts';
import { pair } from './pair.ts';

const cleanup = new Cleanup();

/** A client whose requests go to a server that wants Basic, and what was sent there. */
async function pairWith(questions: readonly QuestionType[]) {
  const sent: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    sent.push(headers.authorization);
    if (headers.authorization !== undefined) response.end('welcome');
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('refused');
  });
  await cleanup.listen(server);
  const both = pair({ addresses: ['127.0.0.1'], questions });
  cleanup.add(() => both[Symbol.asyncDispose]());
  return { ...both, sent, url: `http://127.0.0.1:${portOf(server)}/` };
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
