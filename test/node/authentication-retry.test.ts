import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { type ManagerOptions, NetworkAccessManager } from '../../platform/node/index.ts';
import { DigestVerifier } from '../support/digest-server.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
const RIGHT = { user: 'user', password: 'pass' };

type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

async function serve(handle: Handler): Promise<string> {
  let nth = 0;
  const server = await cleanup.listen(
    createServer(
      (request, response) => void request.resume().on('end', () => handle(request, response, nth++)),
    ),
  );
  return `http://127.0.0.1:${portOf(server)}/`;
}

function client(options: ManagerOptions = {}): NetworkAccessManager {
  const manager = new NetworkAccessManager({ retry: { attempts: 5, delay: 0 }, ...options });
  cleanup.add(() => manager.close());
  return manager.on('faultOccurred', () => {});
}

const refuse = (response: ServerResponse, challenge: string): void =>
  void response.writeHead(401, { 'www-authenticate': challenge }).end();

test.each(['credentials', 'authenticationRequired'])(
  'each attempt has a nonce count of its own, and %s is asked once',
  async (how) => {
    // It looks at the counts, and does not say what was wrong (Apache's AuthDigestNcCheck).
    const verifier = new DigestVerifier({ ...RIGHT, qop: 'auth' });
    let busy = 2;
    const url = await serve(({ headers, method, url: target }, response) => {
      const { authorization } = headers;
      if (authorization === undefined || verifier.refusal(authorization, method!, target!) !== null)
        refuse(response, verifier.challenge());
      else response.writeHead(busy-- > 0 ? 503 : 200).end('done');
    });
    const asked = vi.fn(() => RIGHT);
    const manager = client(how === 'credentials' ? { credentials: asked } : {});
    if (how !== 'credentials')
      manager.on('authenticationRequired', (_, authenticator) => void Object.assign(authenticator, asked()));
    const reply = manager.put(url, 'body');
    expect(await reply.text()).toBe('done');
    expect([reply.attempts, asked.mock.calls.length]).toEqual([3, 1]);
    expect(verifier.answers.map(({ nc }) => nc)).toEqual(['00000001', '00000002', '00000003']);
  },
);

test('a listener is asked three times at most, however often the request is sent', async () => {
  const url = await serve((_, response, nth) => {
    if (nth % 3 === 2) response.writeHead(503).end();
    else refuse(response, 'Basic realm="closed"');
  });
  const asked = vi.fn();
  const manager = client().on('authenticationRequired', (_, authenticator) => {
    asked(authenticator.attempt);
    Object.assign(authenticator, { user: `user${asked.mock.calls.length}`, password: 'wrong' });
  });
  await expect(manager.get(url).text()).rejects.toThrow();
  expect(asked.mock.calls).toEqual([[1], [2], [3]]);
});

test('what was answered by Digest is not answered by Basic in a later attempt', async () => {
  const verifier = new DigestVerifier({ ...RIGHT, qop: 'auth' });
  const seen: string[] = [];
  const url = await serve(({ headers }, response, nth) => {
    seen.push(headers.authorization?.split(' ')[0] ?? '-');
    if (nth === 1) response.writeHead(503).end();
    else refuse(response, nth === 0 ? verifier.challenge() : 'Basic realm="closed"');
  });
  const reply = client({ credentials: () => ({ ...RIGHT, password: `${seen.length}` }) }).get({
    url,
    throwHttpErrors: false,
  });
  await reply.completed;
  expect([reply.status, reply.attempts]).toEqual([401, 2]);
  expect(seen).toEqual(['-', 'Digest', 'Digest']);
});
