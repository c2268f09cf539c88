/** One manager in a worker: for all tabs in a SharedWorker, for a page in a dedicated one; tabs that go away. */
import { afterEach, describe, expect, inject, test } from 'vitest';
import { connectWorker } from '../../platform/worker/index.ts';

const server = inject('server');
const script = `${new URL('./fixtures/owner-worker.ts', import.meta.url).href}?worker_file&type=module`;
const page = new URL('./fixtures/blank.html', import.meta.url).href;

const frames: HTMLIFrameElement[] = [];
afterEach(() => {
  for (const frame of frames.splice(0)) frame.remove();
});

let names = 0;
const ended = async (id: string): Promise<string> =>
  (await (await fetch(`${server}/journal?of=${id}&until=ended`)).json()).ended;

const KINDS = [
  ['a SharedWorker', (name: string) => new SharedWorker(script, { type: 'module', name })],
  ['a dedicated worker', () => new Worker(script, { type: 'module' })],
] as const;

describe.each(KINDS)('%s', (kind, start) => {
  const isMissing = kind === 'a SharedWorker' && typeof SharedWorker === 'undefined';
  const client = () => connectWorker(start(`of a test ${++names}`));

  test.skipIf(isMissing)('makes requests for its page, with bodies both ways', async () => {
    const network = client();
    await network.ready;
    const text = await network.get(`${server}/hello`).text();
    const sent = await network
      .post(`${server}/count?id=${crypto.randomUUID()}`, new Uint8Array(3_000_000))
      .text();
    let received = 0;
    for await (const chunk of network.get(`${server}/bytes/5000000`)) received += chunk.length;
    const refused = await network
      .get('file:///etc/passwd')
      .text()
      .catch(({ code }) => code);
    expect([text, sent, received, refused]).toEqual(['hello', '3000000', 5_000_000, 'content-access-denied']);
    await network.close();
  });

  test.skipIf(isMissing)('ends what a client has under way that is closed', async () => {
    const network = client();
    const id = crypto.randomUUID();
    const reply = network.get(`${server}/stall?id=${id}`);
    const outcome = reply.text().catch(({ code }) => code);
    await reply.response;
    await network.close();
    expect(await outcome).toBe('operation-canceled');
    expect(await ended(id)).toBe('lost');
  });
});

describe.skipIf(typeof SharedWorker === 'undefined')('tabs', () => {
  /** Another tab of the origin, as far as a worker can tell: a frame with a client of its own. */
  async function tab(name: string): Promise<HTMLIFrameElement> {
    const frame = document.createElement('iframe');
    frames.push(frame);
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    frame.src = page;
    document.body.append(frame);
    await loaded;
    const connectTab = new URL('./fixtures/tab.ts', import.meta.url).href;
    const told = new Promise((resolve) =>
      addEventListener('message', ({ data }) => data === name && resolve(data)),
    );
    const element = frame.contentDocument!.createElement('script');
    element.type = 'module';
    element.textContent = `import { begin } from ${JSON.stringify(connectTab)}; begin(${JSON.stringify(script)}, ${JSON.stringify(name)}, ${JSON.stringify(`${server}/stall?id=${name}`)});`;
    frame.contentDocument!.body.append(element);
    await told;
    return frame;
  }

  test('one that goes away in mid-stream ends its request, and nobody else’s', async () => {
    const name = crypto.randomUUID();
    const frame = await tab(name);
    const network = connectWorker(new SharedWorker(script, { type: 'module', name }));
    expect(await network.get(`${server}/hello`).text()).toBe('hello');
    frame.remove();
    expect(await ended(name)).toBe('lost');
    expect(await network.get(`${server}/hello?again`).text()).toBe('hello');
    await network.close();
  }, 60_000);
});
