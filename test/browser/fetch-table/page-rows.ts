import { supportsRequestStreams } from '../../../platform/common/fetch-upload.ts';
import { type Fetch, type Places, type Row, shown } from './outcome.ts';

const MODES = ['omit', 'same-origin', 'include'] as const;
type Cookies = (fetch: Fetch, credentials: RequestCredentials) => Promise<unknown>;

/** What becomes of the cookies of `site`, whose `/echo` tells them and whose `/fields` sets them. */
const withCookies = (site: string): Readonly<Record<string, Cookies>> => {
  const setting = (name: string) => `${site}/fields?field=${encodeURIComponent(`Set-Cookie:${name}=1`)}`;
  const sent = async (answer: Response, name: string): Promise<boolean> =>
    (await answer.text()).includes(`${name}=1`);
  const asked = async (name: string): Promise<boolean> =>
    sent(await globalThis.fetch(`${site}/echo`, { credentials: 'include' }), name);
  const set = async (): Promise<string> => {
    const name = newName();
    await (await globalThis.fetch(setting(name), { credentials: 'include' })).text();
    return name;
  };
  return {
    'are sent': async (fetch, credentials) => {
      const name = await set();
      return sent(await fetch(`${site}/echo`, { credentials }), name);
    },
    'are sent with a Request': async (fetch, credentials) => {
      const name = await set();
      return sent(await fetch(new Request(`${site}/echo`, { credentials, method: 'POST', body: 'x' })), name);
    },
    'are kept, and not shown': async (fetch, credentials) => {
      const name = newName();
      const answer = await fetch(setting(name), { credentials });
      await answer.text();
      return [answer.headers.get('set-cookie'), await asked(name)];
    },
  };
};

/** Firefox has a second request for one URL wait until the first has its body in the cache. */
const newStall = (site: string): string => `${site}/stall?${newName()}`;
const newName = (): string => `n${crypto.randomUUID()}`;

/** Gives its last piece when the request has begun to be sent. */
function twoPieces(): ReadableStream<Uint8Array> {
  const pieces = ['one ', 'two'];
  return new ReadableStream(
    {
      pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
    },
    { highWaterMark: 0 },
  );
}

/** What a page is allowed, and what surrounds it. */
export const pageRows = ({ elsewhere, secure, home, tab }: Places): readonly Row[] => [
  ...Object.entries({ elsewhere, home: tab }).flatMap(([name, site]) =>
    Object.entries(withCookies(site)).flatMap(([what, run]) =>
      MODES.map((mode): Row => [`cookies ${name}, ${mode}: ${what}`, (fetch) => run(fetch, mode)]),
    ),
  ),
  [
    'a redirect from home to elsewhere',
    async (fetch) => shown(await fetch(redirected(home, `${elsewhere}/hello`))),
  ],
  [
    'credentials for a redirect that lets all in',
    async (fetch) =>
      shown(await fetch(redirected(home, `${elsewhere}/hello`), { credentials: 'include', method: 'POST' })),
  ],
  ['a port where nobody listens', async (fetch) => shown(await fetch('http://127.0.0.1:9/'))],
  ['a name that is none', async (fetch) => shown(await fetch('http://nothing.invalid/'))],
  ['another origin over TLS', async (fetch) => shown(await fetch(`${secure}/hello`))],
  [
    'what comes piece by piece',
    async (fetch) => {
      const controller = new AbortController();
      const reader = (await fetch(newStall(elsewhere), { signal: controller.signal })).body!.getReader();
      const { value } = await reader.read();
      await reader.cancel();
      const seen = [new TextDecoder().decode(value), await reader.closed];
      // In Firefox it would hold its connection, and the sixth of them stop every other request to that server.
      controller.abort();
      return seen;
    },
  ],
  [
    'a body that is transferred',
    async (fetch) => {
      const answer = await fetch(`${elsewhere}/hello`);
      const body = structuredClone(answer.body, { transfer: [answer.body!] });
      return [await new Response(body).text(), answer.bodyUsed];
    },
  ],
  [
    'any of two signals',
    async (fetch) => {
      const controller = new AbortController();
      const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]);
      const answer = await fetch(newStall(elsewhere), { signal });
      controller.abort();
      return shown(answer);
    },
  ],
  ...[299, 404, 599].map(
    (status): Row => [
      `all of status ${status}`,
      async (fetch) => shown(await fetch(`${elsewhere}/status/${status}`)),
    ],
  ),
  ...[0, 1].map(
    (isRequest): Row => [
      `a stream over HTTP/2${isRequest === 1 ? ', as a Request' : ''}`,
      async (fetch) => {
        if (!supportsRequestStreams()) return 'this engine sends no streams';
        const url = `${secure}/count`;
        const init = { method: 'POST', body: twoPieces(), duplex: 'half' } as RequestInit;
        return shown(await (isRequest === 1 ? fetch(new Request(url, init)) : fetch(url, init)));
      },
    ],
  ),
  [
    'a stream over HTTP/1',
    async (fetch) => {
      if (!supportsRequestStreams()) return 'this engine sends no streams';
      return shown(
        await fetch(`${elsewhere}/count`, {
          method: 'POST',
          body: twoPieces(),
          duplex: 'half',
        } as RequestInit),
      );
    },
  ],
];

const redirected = (home: string, to: string): string =>
  new URL(`/redirect-to?${encodeURIComponent(to)}`, home).href;
