import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { NetworkAccessManager as InPage } from '../../platform/browser/index.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { eventually } from '../support/eventually.ts';

/** More than the kernel takes of a response that is not read (tcp_wmem and tcp_rmem: 10 MB together), or it would be over. */
const SIZE = 32_000_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is collected cannot be read: the connection behind it is given up. What is held in part can be. */
let server: Server;
let origin = '';
let open = 0;
const manager = new NetworkAccessManager();
beforeAll(async () => {
  server = createServer((_request, response) => {
    open++;
    response.on('close', () => open--);
    response.end(Buffer.alloc(SIZE));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await manager.close();
  server.close();
});

async function collected(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What is made in a function of its own leaves nothing behind on the stack of the test. */
async function keeping<Kept>(keep: (response: Response) => Kept, init: RequestInit = {}): Promise<Kept> {
  return keep(await manager.fetch(origin, init));
}

describe('a response that is dropped unread', () => {
  test.each<[string, RequestInit]>([
    ['', {}],
    [', with a signal', { signal: new AbortController().signal }],
  ])('is given up%s', async (_name, init) => {
    await keeping(() => null, init);
    expect(open).toBe(1);
    await eventually(async () => {
      await collected();
      expect(open).toBe(0);
    });
  });

  test('is not kept by what hands the Responses of a platform out', async () => {
    const inPage = new InPage();
    const dropped = await inPage.fetch(origin).then((response) => new WeakRef(response));
    await eventually(async () => {
      await collected();
      expect(dropped.deref()).toBeUndefined();
    });
    await inPage.close();
  });

  test('is given up when its stream has been looked at', async () => {
    await keeping((response) => void response.body!.getReader().releaseLock());
    await eventually(async () => {
      await collected();
      expect(open).toBe(0);
    });
  });

  test.each<[string, (response: Response) => ReadableStream | Response]>([
    ['body', (response) => response.body!],
    ['clone', (response) => response.clone()],
    ['copy', (response) => new Response(response.body, response)],
  ])('is not while its %s is held', async (_name, keep) => {
    const kept = await keeping(keep);
    await collected();
    expect(open).toBe(1);
    const { byteLength } = await new Response('body' in kept ? kept.body : kept).arrayBuffer();
    expect(byteLength).toBe(SIZE);
    await eventually(() => expect(open).toBe(0));
  });

  test('is not while it is read', async () => {
    const reading = keeping((response) => response.arrayBuffer());
    await collected();
    expect((await reading).byteLength).toBe(SIZE);
  });

  test('leaves nothing on a signal that lives on', async () => {
    const { signal } = new AbortController();
    const listeners = vi.spyOn(signal, 'removeEventListener');
    const response = await manager.fetch('data:,abc', { signal });
    expect(await response.text()).toBe('abc');
    const added = listeners.mock.calls.length;
    expect(added).toBeGreaterThan(0);
  });
});
