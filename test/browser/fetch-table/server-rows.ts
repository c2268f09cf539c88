import { type Fetch, type Places, type Row, shown } from './outcome.ts';

/** What `/coded/NAME` sends as gzip (servers.ts). */
const CODED = [
  'cut',
  'of a wrong checksum',
  'none',
  'with a shorter length',
  'with a longer length',
  'empty',
];

/** What servers do to codings, connections and themselves; and what a URL is relative to. */
export const serverRows = ({ elsewhere }: Places): readonly Row[] => [
  ...CODED.map(
    (name): Row => [`gzip, ${name}`, async (fetch) => shown(await fetch(`${elsewhere}/coded/${name}`))],
  ),
  [
    '40 requests, and after each the server closes the connection that it was to keep',
    async (fetch) => {
      const texts = new Set<string>();
      for (let i = 0; i < 40; i++) texts.add(await (await fetch(`${elsewhere}/fleeting?${i}`)).text());
      return [...texts];
    },
  ],
  ['a server that begins anew', async (fetch) => beginningAnew(elsewhere, fetch)],
  ['a relative URL', async (fetch) => placeOf(await fetch('relative/to?the=base'))],
  [
    'a relative URL, as a Request',
    async (fetch) => placeOf(await fetch(new Request('relative/to?the=base'))),
  ],
  [
    'a relative URL under a <base>',
    async (fetch) => {
      if (typeof document === 'undefined') return 'no document';
      const base = document.createElement('base');
      base.href = `${elsewhere}/`;
      document.head.append(base);
      try {
        return shown(await fetch('hello'));
      } finally {
        base.remove();
      }
    },
  ],
];

/** Where it came from: what is there counts how often it was asked for. */
async function placeOf(response: Response): Promise<unknown> {
  await response.text();
  return [response.url, response.status];
}

/**
 * A POST that is under way when its server goes fails, and the next one reaches the new server, although a connection to the
 * old one had been kept. Engines send again what was lost on a kept one, so the first has a connection of its own.
 */
async function beginningAnew(elsewhere: string, fetch: Fetch): Promise<unknown> {
  const ask = async (what: string): Promise<string> =>
    (await globalThis.fetch(`${elsewhere}/restarting/${what}`)).text();
  const origin = await ask('begin');
  const post = async (path: string): Promise<string> => {
    const response = await fetch(origin + path, { method: 'POST', body: 'x' });
    return response.text();
  };
  const seen: unknown[] = [await post('/closing')];
  const lost = post('/never').catch((error: Error) => error.name);
  seen.push(await post('/kept'));
  await ask(`again?${new URL(origin).port}`);
  seen.push(await lost, await post('/next'));
  await ask(`end?${new URL(origin).port}`);
  return seen;
}
