import * as http from 'node:http';
import type { Socket } from 'node:net';
import { beforeEach, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import type { Call } from '../../src/call/call.ts';
import { ConnectionLease } from '../../src/call/connection-lease.ts';
import { drain } from '../../src/call/drain.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { Next, Stage } from '../../src/call/stage.ts';
import { NetworkError } from '../../src/error.ts';
import { retryPolicy } from '../../src/options/retry-options.ts';
import { compose } from '../../src/pipeline/compose.ts';
import { RequestQueue } from '../../src/queue/request-queue.ts';
import { queueStage } from '../../src/queue/stage.ts';
import { RetryBudget } from '../../src/retry/budget.ts';
import { retryStage } from '../../src/retry/stage.ts';
import { timeoutStage } from '../../src/timeout/stage.ts';
import { systemClock } from '../../src/util/clock.ts';
import { makeExchange, makeRequest, readBody } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
/** Between two rounds, so that a test can do something there. */
let between: (round: number, lease: ConnectionLease) => Promise<void>;
let origin: string;
/** How far each connection has come. */
const rounds = new Map<Socket, number>();
let transport: SocketTransport;
let queue: RequestQueue;

/** Three rounds on one connection, as in NTLM. `/plain` needs none, `/hang` never answers its last. */
const serve: http.RequestListener = ({ socket, url, headers }, response) => {
  if (url === '/plain') return void response.end(`plain ${rounds.get(socket) ?? 0}`);
  const said = Number(headers.authorization?.replace('Round ', '') ?? 0);
  const expected = (rounds.get(socket) ?? 0) + 1;
  if (said !== expected) return void response.writeHead(400).end(`${said} is not ${expected}`);
  rounds.set(socket, said);
  if (said < 3) return void response.writeHead(401, { 'WWW-Authenticate': 'Round' }).end('go on');
  if (url !== '/hang') response.end('welcome');
};

/** A loop of several rounds, as an authentication has it. */
const handshake: Stage = {
  name: 'handshake',
  async handle(request, next, call) {
    if (request.url.target === '/plain') return next(request, call);
    const lease = ConnectionLease.begin(call, 'ada');
    try {
      for (let round = 1; ; round++) {
        const headers = request.headers.clone();
        headers.set('authorization', `Round ${round}`);
        const response = await next({ ...request, headers }, call);
        if (response.status !== 401) return response;
        await drain(response.body, call);
        await between(round, lease);
        call.throwIfCancelled();
        if (!lease.holds) throw new NetworkError('authentication-required', 'the server has closed');
      }
    } finally {
      lease.release();
    }
  },
};

beforeEach(async () => {
  const server = await cleanup.listen(http.createServer(serve));
  origin = `http://127.0.0.1:${portOf(server)}`;
  rounds.clear();
  between = async () => {};
  transport = new SocketTransport();
  queue = new RequestQueue({ perKey: 1, total: Number.POSITIVE_INFINITY });
  cleanup.add(() => transport.close());
});

function setup(): {
  run: Next;
  send: (path: string, transferTimeout?: number) => Promise<string>;
  call: Call;
} {
  const run = compose(
    [retryStage(new RetryBudget()), handshake, queueStage(queue, true), timeoutStage(true)],
    (request, call) => transport.send(request, call),
  );
  const makeCall = (): Call => makeExchange({ clock: systemClock }).exchange;
  const call = makeCall();
  const text = async ({ status, body }: HttpResponse): Promise<string> => `${status} ${await readBody(body)}`;
  const send = async (path: string, transferTimeout = 0): Promise<string> => {
    const request = makeRequest({ url: origin + path, options: { transferTimeout } });
    return text(await run(request, path === '/plain' ? makeCall() : call));
  };
  return { run, send, call };
}

test('several rounds go over one connection and in one slot, and nobody gets either meanwhile', async () => {
  const { send } = setup();
  const others: Promise<string>[] = [];
  let isOver = false;
  const seen: boolean[] = [];
  between = async () => {
    // It waits for the one slot.
    others.push(send('/plain').finally(() => seen.push(isOver)));
    await transport.connect?.(
      { request: makeRequest({ url: origin }), encrypted: false },
      makeExchange().exchange,
    );
  };
  const answer = await send('/').finally(() => {
    isOver = true;
  });
  expect(answer).toBe('200 welcome');
  expect(await Promise.all(others)).toEqual(['200 plain 0', '200 plain 0']);
  expect(seen).toEqual([true, true]);
  expect(queue.size).toBe(0);
});

test('what was kept is used again by the same identity alone', async () => {
  const { send } = setup();
  expect(await send('/')).toBe('200 welcome');
  expect(await send('/plain')).toBe('200 plain 0');
  const after = [...rounds.values()];
  expect(after).toEqual([3]);
});

test.each<[string, (call: Call) => void]>([
  ['an abort', (call) => call.cancel(new NetworkError('operation-canceled', 'aborted'))],
  ['a transport that closes', () => void transport.close()],
  ['connections that are cleared', () => transport.clearConnections()],
])('%s between two rounds frees the slot', async (_name, act) => {
  const { send, call } = setup();
  between = async (round) => {
    if (round === 2) act(call);
  };
  await expect(send('/')).rejects.toBeInstanceOf(NetworkError);
  expect(queue.size).toBe(0);
});

test('a timeout in a round frees the slot, closes the connection and leaves the call as it is', async () => {
  const { send, call } = setup();
  await expect(send('/hang', 200)).rejects.toMatchObject({ code: 'timeout' });
  expect([queue.size, call.cancelled, call.lease]).toEqual([0, null, null]);
  expect(await send('/plain')).toBe('200 plain 0');
});

test('a round is not sent again by retry: the handshake begins anew, over another connection', async () => {
  const { run, call } = setup();
  let closed = 0;
  between = async (_round, lease) => {
    if (closed > 0) return;
    for (const socket of rounds.keys()) socket.on('data', () => socket.destroy(void closed++ as never));
    expect(lease.holds).toBe(true);
  };
  const options = { retry: retryPolicy({ delay: 0 }) };
  const { body } = await run(makeRequest({ url: `${origin}/`, options }), call);
  expect([await readBody(body), closed, call.lease, [...rounds.values()]]).toEqual([
    'welcome',
    1,
    null,
    [2, 3],
  ]);
});

test('a server that closes between two rounds ends the handshake', async () => {
  const { send } = setup();
  between = async (_round, lease) => {
    for (const socket of rounds.keys()) socket.destroy();
    while (lease.holds) await new Promise((resolve) => setImmediate(resolve));
  };
  await expect(send('/')).rejects.toMatchObject({ code: 'authentication-required' });
  expect(queue.size).toBe(0);
});
