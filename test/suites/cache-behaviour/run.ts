import { ok as assert } from 'node:assert/strict';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../support/eventually.ts';
import type { Case, Fields, Step } from './case.ts';

/** What the origin has seen of a case. */
interface Sight {
  readonly step: number;
  readonly headers: http.IncomingHttpHeaders;
}

/** An origin that plays its part of any {@link Case}. */
export interface Origin {
  /** The fetch function goes through one whole case. Rejects with what was not as it should be. */
  run(one: Case, fetch: typeof globalThis.fetch, pass: (seconds: number) => void): Promise<void>;
  close(): Promise<void>;
}

const BODYLESS = new Set([204, 304]);

export async function startOrigin(): Promise<Origin> {
  const running = new Map<string, { readonly steps: readonly Step[]; readonly seen: Sight[] }>();
  const server = http.createServer((request, response) => {
    const url = new URL(request.url!, 'http://x');
    const { steps, seen } = running.get(url.pathname.split('/')[1]!)!;
    const step = Number(request.headers.step);
    seen.push({ step, headers: request.headers });
    answer(request, response, url.pathname, steps, step, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let serial = 0;
  return {
    run: async ({ steps }, fetch, pass) => {
      const name = `case-${serial++}`;
      const seen: Sight[] = [];
      running.set(name, { steps, seen });
      const stored = new Map<string, string | null>();
      for (const [index, step] of steps.entries()) {
        const send = (): Promise<Response> =>
          fetch(`${origin}/${name}${step.path ?? ''}`, {
            method: step.method ?? 'GET',
            headers: [...pairs(step.headers ?? []), ['Step', String(index + 1)]],
            ...(step.body === undefined ? {} : { body: step.body }),
            ...(step.cache === undefined ? {} : { cache: step.cache }),
          });
        let response = await send();
        // What the step before has asked for in the background may still be under way, and be shared.
        for (let i = 0; i < 10 && isOfBackground(response, steps, index, seen); i++) response = await send();
        await check(index, step, response, seen, stored);
        if (step.background)
          await eventually(() =>
            assert(
              seen.some((sight) => sight.step === index + 1),
              'nothing was asked for',
            ),
          );
        pass(step.wait ?? 0);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isOfBackground(
  { headers }: Response,
  steps: readonly Step[],
  index: number,
  seen: readonly Sight[],
): boolean {
  const hasBackground = steps[index - 1]?.background === true;
  return (
    hasBackground && headers.get('count') === String(index) && !seen.some(({ step }) => step === index + 1)
  );
}

function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  path: string,
  steps: readonly Step[],
  number: number,
  count: number,
): void {
  const { reply = {}, from } = steps[number - 1]!;
  const headers = pairs(reply.headers ?? []).map(
    ([name, value]) => [name, value === 'SELF' ? path : value] as const,
  );
  response.statusCode = reply.status ?? 200;
  if (from === 'etag' || from === 'modified') {
    const before = new Headers(
      pairs(steps[number - 2]?.reply?.headers ?? []).filter(([name]) => /^(etag|last-mod)/i.test(name)),
    );
    const wanted = before.get(from === 'etag' ? 'etag' : 'last-modified');
    const got = request.headers[from === 'etag' ? 'if-none-match' : 'if-modified-since'];
    response.statusCode = wanted !== null && got === wanted ? 304 : 500;
  }
  response.setHeader('Count', String(count));
  // Of a coding that is none the end of the connection is the end.
  if (headers.some(([name]) => name === 'Transfer-Encoding')) response.shouldKeepAlive = false;
  if (!headers.some(([name]) => name === 'Date')) response.setHeader('Date', new Date().toUTCString());
  for (const name of new Set(headers.map(([one]) => one))) {
    const values = headers.filter(([one]) => one === name).map(([, value]) => value);
    response.setHeader(name, values.length === 1 ? values[0]! : values);
  }
  response.end(BODYLESS.has(response.statusCode) ? undefined : (reply.body ?? 'the body of the case'));
}

async function check(
  index: number,
  step: Step,
  response: Response,
  seen: readonly Sight[],
  stored: Map<string, string | null>,
): Promise<void> {
  const number = index + 1;
  const { headers } = response;
  const text = await response.text();
  const sight = seen.find((one) => one.step === number);
  const fail = (what: string): never => {
    const all = JSON.stringify([...headers]);
    throw new Error(`step ${number}: ${what} (status ${response.status}, ${all}, ${JSON.stringify(text)})`);
  };
  const isCached = Number(headers.get('count')) < number;
  if (step.from === 'cache' && !isCached) fail('not from the cache');
  if (step.from === 'origin' && (isCached || sight === undefined)) fail('from the cache');
  if ((step.from === 'etag' || step.from === 'modified') && sight === undefined) fail('was not validated');
  const status = step.status ?? step.reply?.status ?? 200;
  if (response.status !== status) fail(`the status should be ${status}`);
  const body = step.text ?? step.reply?.body ?? 'the body of the case';
  if (body !== 'ANY' && !BODYLESS.has(status) && text !== body) fail(`the body should be ${body}`);
  for (const [name, value] of Object.entries(step.has ?? {})) {
    if (headers.get(name) !== value) fail(`${name} should be ${value}`);
  }
  for (const name of step.lacks ?? []) if (headers.has(name)) fail(`${name} should not be there`);
  for (const [name, value] of Object.entries(step.sends ?? {})) {
    if (sight?.headers[name] !== value) fail(`${name} should have been sent as ${value}`);
  }
  if (step.minimumAge !== undefined && !(Number(headers.get('age')) >= step.minimumAge)) {
    fail(`age should be at least ${step.minimumAge}`);
  }
  for (const name of ['date', 'expires']) {
    if (step.from === 'cache' && stored.has(name) && headers.get(name) !== stored.get(name))
      fail(`${name} should not change`);
    if (step.method === undefined) stored.set(name, headers.get(name));
  }
}

function pairs(fields: Fields): [string, string][] {
  return fields.map(([name, value]) => [
    name,
    typeof value === 'number' ? new Date(Date.now() + value * 1000).toUTCString() : value,
  ]);
}
