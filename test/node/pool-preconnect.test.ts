import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { GIVEN_UP, readAll } from '../suites/transport/harness.ts';
import { makeExchange, makeRequest } from '../support/fixtures.ts';
import { againstRaw, answerOk, OK } from '../support/raw-against.ts';
import { startRawServer } from '../support/raw-server.ts';
import { getOver, sendOver } from '../support/wire.ts';

describe('connections that are opened ahead', () => {
  const connect = (transport: SocketTransport, url: string) => {
    const { exchange, events } = makeExchange();
    const done = transport.connect({ request: makeRequest({ url }), encrypted: false }, exchange);
    done.catch(() => {});
    return { exchange, events, done };
  };

  test('are there for the next request', () =>
    againstRaw(answerOk, async (server, transport) => {
      const { done, events } = connect(transport, server.origin);
      await done;
      expect(events.map(({ type }) => type)).toEqual(['socket-started-connecting']);
      const sent = await getOver(transport, server.origin);
      expect(sent.events.map(({ type }) => type)).toEqual(['request-sent']);
      expect(server.connections).toBe(1);
    }));

  test('are waited for by the next request, and not by the one after it', () =>
    againstRaw(answerOk, async (server, transport) => {
      const { done } = connect(transport, server.origin);
      await Promise.all([getOver(transport, server.origin), getOver(transport, server.origin)]);
      await done;
      expect(server.connections).toBe(2);
    }));

  test('are not opened beside one that is idle', () =>
    againstRaw(answerOk, async (server, transport) => {
      await getOver(transport, server.origin);
      await connect(transport, server.origin).done;
      expect(server.connections).toBe(1);
    }));

  test('are there for another when the request that waited is given up', () =>
    againstRaw(answerOk, async (server, transport) => {
      const { done } = connect(transport, server.origin);
      const { exchange, response } = sendOver(transport, { url: server.origin });
      exchange.cancel(GIVEN_UP);
      await expect(response).rejects.toBe(GIVEN_UP);
      await done;
      await getOver(transport, server.origin);
      expect(server.connections).toBe(1);
    }));

  test('can be given up; a request that waits for it then opens its own', () =>
    againstRaw(answerOk, async (server, transport) => {
      const { exchange, done } = connect(transport, server.origin);
      const waiting = getOver(transport, server.origin);
      exchange.cancel(GIVEN_UP);
      await expect(done).rejects.toBe(GIVEN_UP);
      expect((await waiting).text).toBe('ok');
    }));

  test('that cannot be opened say why', async () => {
    const server = await startRawServer(answerOk);
    await server.close();
    const transport = new SocketTransport();
    const { done } = connect(transport, server.origin);
    await expect(done).rejects.toMatchObject({ code: 'connection-refused' });
  });

  test('and die before they are used are replaced', () =>
    againstRaw(
      (socket, head, index) => {
        if (index === 0 && head.includes('/first')) socket.destroy();
        else socket.write(OK);
      },
      async (server, transport) => {
        await connect(transport, server.origin).done;
        const { response } = sendOver(transport, { url: `${server.origin}/first` });
        // The new connection is closed as well: it was repeated, and once only.
        await expect(response).rejects.toMatchObject({ code: 'remote-host-closed' });
        expect(server.connections).toBe(2);
        expect((await readAll(await sendOver(transport, { url: server.origin }).response)).text).toBe('ok');
      },
    ));
});
