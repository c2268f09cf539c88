import { describe, expect, test } from 'vitest';
import type { ClientSetup } from '../client.ts';
import { lacks, scene, uniqueId } from './with-client.ts';

/** What a cache may keep, in a page, too, which keeps nothing of another origin without an `Expires`. */
const cacheable = (): string =>
  `field=Cache-Control:max-age%3D60&field=Expires:${encodeURIComponent(new Date(Date.now() + 60_000).toUTCString())}`;

export function describeRules(name: string, setup: ClientSetup): void {
  describe(`${name}: redirects, cookies and cache`, () => {
    test(
      'server-sent events are read, and asked for again behind the last one',
      scene(setup, async ({ client, url }) => {
        const seen: string[] = [];
        for await (const { data } of client.events(url('/events/2'), {
          reconnect: true,
          reconnectionDelay: 0,
        }))
          if (seen.push(data) === 5) break;
        expect(seen).toEqual(['1', '2', '3', '4', '5']);
      }),
    );

    test.skipIf(lacks(setup, 'redirects'))(
      'follows redirects and shows every hop',
      scene(setup, async ({ client, url }) => {
        const reply = client.get(url('/redirect/301/redirect/302/hello'));
        const seen: string[] = [];
        reply.on('metaDataChanged', () => seen.push(String(reply.status)));
        reply.on('redirected', (target) => {
          seen.push(new URL(target).pathname);
        });
        expect(await reply.text()).toBe('hello');
        expect(seen).toEqual(['301', '/redirect/302/hello', '302', '/hello', '200']);
        expect(reply.hops.map(({ status }) => status)).toEqual([301, 302]);
        expect(reply.hops[0]!.headers.get('location')).toBe('/redirect/302/hello');
        expect(reply.url).toBe(url('/hello'));
      }),
    );

    test.skipIf(lacks(setup, 'redirects'))(
      'leaves them alone, refuses them, or counts them, as it was told',
      scene(setup, async ({ client, url }) => {
        const manual = await client.get({ url: url('/redirect/302/hello'), redirectPolicy: 'manual' })
          .completed;
        expect([manual.status, manual.redirectionTarget]).toEqual([302, '/hello']);
        const many = client.get({ url: url('/redirect/302/redirect/302/hello'), maximumRedirectsAllowed: 1 });
        await expect(many.text()).rejects.toMatchObject({ code: 'too-many-redirects' });
      }),
    );

    const ANSWERS: readonly (readonly [string, boolean, string])[] = [
      ['allows', true, 'hello'],
      ['does not', false, 'operation-canceled'],
    ];
    test.skipIf(lacks(setup, 'redirects')).each(ANSWERS)(
      'user-verified: a listener that %s it',
      (_name, allowed, expected) =>
        scene(setup, async ({ client, url }) => {
          const reply = client.get({ url: url('/redirect/302/hello'), redirectPolicy: 'user-verified' });
          reply.on('redirected', async (target) => {
            expect(target).toBe(url('/hello'));
            await Promise.resolve();
            if (allowed) reply.redirectAllowed();
          });
          expect(await reply.text().catch(({ code }) => code)).toBe(expected);
        })(),
    );

    test.skipIf(lacks(setup, 'redirects'))(
      'a listener that fails has said no, and its error is told',
      scene(setup, async ({ client, url }) => {
        const reply = client.get({ url: url('/redirect/302/hello'), redirectPolicy: 'user-verified' });
        reply.on('redirected', () => {
          reply.redirectAllowed();
          throw new Error('not that one');
        });
        const error = await reply.text().catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'operation-canceled' });
        expect(String(error)).toContain('not that one');
      }),
    );

    test.skipIf(lacks(setup, 'redirects'))(
      'sends a body again where the redirect keeps it',
      scene(setup, async ({ client, url }) => {
        const body = new Uint8Array(300_000).fill(65);
        const echo = client.post(url('/redirect/307/echo'), body);
        expect((await echo.json<{ body: string }>()).body.length).toBe(300_000);
        const once = client.post(
          url('/redirect/307/count'),
          (async function* () {
            yield body;
          })(),
        );
        await expect(once.text()).rejects.toMatchObject({ code: 'content-resend' });
      }),
    );

    test.skipIf(lacks(setup, 'cookies'))(
      'keeps cookies and sends them',
      scene(setup, async ({ client, url }) => {
        await client.get(url('/fields?field=Set-Cookie:taste=sweet')).completed;
        const { fields } = await client.get(url('/echo')).json<{ fields: [string, string][] }>();
        expect(fields).toContainEqual(['Cookie', 'taste=sweet']);
        const bare = client.get({ url: url('/echo'), cookieLoadControl: 'manual' });
        const { fields: without } = await bare.json<{ fields: [string, string][] }>();
        expect(without.map(([field]) => field)).not.toContain('Cookie');
      }),
    );

    // Of a body that may have been cut off nothing is kept.
    test.skipIf(lacks(setup, 'cutBodies'))(
      'answers from the cache, and says so',
      scene(setup, async ({ client, url }) => {
        const target = url(`/fields?${cacheable()}&${uniqueId()}`);
        const first = await client.get(target).completed;
        expect([first.source, first.cacheStatus]).toEqual(['network', expect.stringContaining('fwd')]);
        await first.text();
        const second = client.get(target);
        expect(await second.text()).toBe('fields');
        expect([second.source, second.cacheStatus]).toEqual(['cache', expect.stringContaining('hit')]);
        const never = client.get({ url: url(`/hello?${uniqueId()}`), cacheLoadControl: 'always-cache' });
        await expect(never.text()).rejects.toMatchObject({ code: 'content-not-found' });
      }),
    );
  });
}
