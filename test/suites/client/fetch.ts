import { describe, expect, test } from 'vitest';
import type { ClientSetup } from '../client.ts';
import { lacks, scene, uniqueId } from './with-client.ts';

export function describeFetch(name: string, setup: ClientSetup): void {
  describe(`${name}: fetch and Response`, () => {
    test(
      'resolves for every status, with fields and body',
      scene(setup, async ({ client, url }) => {
        const { fetch } = client;
        const response = await fetch(url('/status/404'));
        expect([response.status, response.ok, await response.text()]).toEqual([404, false, 'status 404']);
        const posted = await fetch(url('/echo'), { method: 'POST', body: 'b', headers: { 'x-a': '1' } });
        const echo = (await posted.json()) as { method: string; fields: [string, string][]; body: string };
        expect([echo.method, echo.body]).toEqual(['POST', 'b']);
        expect(echo.fields.map(([field]) => field.toLowerCase())).toContain('x-a');
      }),
    );

    test(
      'takes a Request',
      scene(setup, async ({ client, url }) => {
        const request = new Request(url('/echo'), { method: 'PUT', body: 'of a Request' });
        const response = await client.fetch(request);
        expect(((await response.json()) as { body: string }).body).toBe('of a Request');
      }),
    );

    test.skipIf(lacks(setup, 'requestStreams'))(
      'streams a body',
      scene(setup, async ({ client, url }) => {
        const stream = new Blob(['streamed']).stream();
        const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
        expect(await (await client.fetch(url('/count'), init)).text()).toBe('8');
      }),
    );

    test(
      'rejects with a TypeError for what fails, and with the reason when aborted',
      scene(setup, async ({ client, url, journal }) => {
        await expect(client.fetch('http://no-such-host.invalid/')).rejects.toThrow(TypeError);
        const controller = new AbortController();
        const id = uniqueId();
        const pending = client.fetch(url(`/black-hole?id=${id}`), { signal: controller.signal });
        pending.catch(() => {});
        await journal(id, 'arrived');
        const reason = new Error('why');
        controller.abort(reason);
        await expect(pending).rejects.toBe(reason);
        await journal(id, 'ended');
      }),
    );

    test(
      'redirects as Fetch has them',
      scene(setup, async ({ client, url }) => {
        const followed = await client.fetch(url('/redirect/302/hello'));
        expect([followed.redirected, followed.url, await followed.text()]).toEqual([
          true,
          url('/hello'),
          'hello',
        ]);
        await expect(client.fetch(url('/redirect/302/hello'), { redirect: 'error' })).rejects.toThrow(
          TypeError,
        );
      }),
    );

    test.skipIf(lacks(setup, 'reads ahead'))(
      'a Response that is not read stops the server; cancelling it ends the connection',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        const response = await client.fetch(url(`/flood/1000000000?id=${id}`));
        const { written } = await journal(id, 'stalled');
        expect(written).toBeLessThan(100_000_000);
        await response.body!.cancel();
        expect((await journal(id, 'ended')).ended).toBe('lost');
      }),
    );

    test(
      'reply.response is there with the head',
      scene(setup, async ({ client, url }) => {
        const reply = client.get(url('/stall'));
        const response = await reply.response;
        expect([response.status, response.headers.get('content-length')]).toEqual([200, '1000']);
        reply.abort();
      }),
    );

    test(
      'unread bodies give way to requests that wait for their host',
      scene(setup, async ({ client, url }) => {
        const unread = await Promise.all(
          Array.from({ length: 6 }, () => client.fetch(url('/flood/50000000'))),
        );
        expect(await (await client.fetch(url('/hello'))).text()).toBe('hello');
        await Promise.all(unread.map((response) => response.body!.cancel().catch(() => {})));
      }),
    );
  });
}
