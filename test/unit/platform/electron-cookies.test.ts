/** A jar and a session of Electron. The real one is asked in test/electron; this one tells late: before it answers what it is asked. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ElectronCookies, syncCookies } from '../../../platform/electron/main.ts';
import type { ElectronCookie, ElectronCookieDetails } from '../../../src/cookies/electron.ts';
import { CookieJar } from '../../../src/cookies/jar.ts';
import { catching } from '../../support/catching.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

type Changed = (event: unknown, cookie: ElectronCookie, cause: string, isRemoved: boolean) => void;

class FakeCookies implements ElectronCookies {
  readonly sets: string[] = [];
  readonly held: ElectronCookie[];
  refuses = false;
  /** Called before a cookie is set. */
  meanwhile: (() => void) | null = null;
  readonly #listeners = new Set<Changed>();
  /** What it has not told yet. */
  readonly #late: (() => void)[] = [];

  constructor(...held: ElectronCookie[]) {
    this.held = held;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async get(): Promise<ElectronCookie[]> {
    this.tellLate();
    return [...this.held];
  }

  async set({ url, ...details }: ElectronCookieDetails): Promise<void> {
    this.meanwhile?.();
    if (this.refuses) throw new Error('Failed to set cookie');
    const isRemoved = (details.expirationDate ?? 2 ** 40) < 1e6;
    this.sets.push(`${details.name}=${isRemoved ? '(removed)' : details.value}`);
    const cookie = { domain: new URL(url).hostname, hostOnly: details.domain === undefined, ...details };
    const at = this.held.findIndex(({ name, domain }) => name === cookie.name && domain === cookie.domain);
    if (at >= 0) this.held.splice(at, 1);
    if (!isRemoved) this.held.push(cookie);
    // As Chromium does.
    else if (at < 0) return;
    this.#late.push(() => this.tell(cookie, isRemoved ? 'expired-overwrite' : 'explicit', isRemoved));
  }

  on(_event: 'changed', listener: Changed): void {
    this.#listeners.add(listener);
  }

  off(_event: 'changed', listener: Changed): void {
    this.#listeners.delete(listener);
  }

  tell(cookie: ElectronCookie, cause = 'explicit', isRemoved = false): void {
    for (const listener of this.#listeners) listener({}, cookie, cause, isRemoved);
  }

  tellLate(): void {
    for (const tell of this.#late.splice(0)) tell();
  }
}

const cookie = (name: string, value: string): ElectronCookie => ({
  name,
  value,
  domain: 'h.example',
  hostOnly: true,
  path: '/',
  secure: true,
});
const URL_OF = 'https://h.example/';
const inJar = (jar: CookieJar): string => jar.cookieHeader(URL_OF);

describe('at the start', () => {
  test('each side gets what the other has; the jar counts where both have one', async () => {
    const jar = new CookieJar();
    jar.setCookie('a=jar; Secure; Path=/', URL_OF);
    jar.setCookie('b=jar; Secure; Path=/', URL_OF);
    const session = new FakeCookies(cookie('b', 'session'), cookie('c', 'session'));
    await syncCookies(jar, session);
    expect(inJar(jar)).toBe('a=jar; b=jar; c=session');
    expect(session.sets).toEqual(['a=jar', 'b=jar']);
  });
});

test('a change of one side comes to the other, and not back', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session);
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  await sync.flush();
  session.tellLate();
  session.tell(cookie('b', '2'));
  await sync.flush();
  expect(session.sets).toEqual(['a=1']);
  expect(inJar(jar)).toBe('a=1; b=2');
  session.tell(cookie('b', '2'), 'overwrite', true);
  session.tell(cookie('b', '3'));
  expect(inJar(jar)).toBe('a=1; b=3');
  session.tell(cookie('b', '3'), 'explicit', true);
  jar.deleteCookie({ name: 'a', value: '', domain: 'h.example', hostOnly: true, path: '/' });
  await sync.flush();
  session.tellLate();
  expect(session.sets).toEqual(['a=1', 'a=(removed)']);
  expect(inJar(jar)).toBe('');
});

test('what the session tells late does not bring back what the jar had before', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session);
  for (const value of ['1', '2', '3']) jar.setCookie(`a=${value}; Secure; Path=/`, URL_OF);
  await sync.flush();
  session.tellLate();
  expect([inJar(jar), session.sets]).toEqual(['a=3', ['a=1', 'a=2', 'a=3']]);
});

test('a change that gives way to one of the jar is not taken', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session);
  session.meanwhile = () => session.tell(cookie('a', 'before'));
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  await sync.flush();
  expect([inJar(jar), session.sets]).toEqual(['a=1', ['a=1']]);
  session.tell(cookie('a', 'after'));
  expect(inJar(jar)).toBe('a=after');
});

test('one that the session had not, removed in the jar, takes no later change away', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session, { onFault: () => {} });
  session.refuses = true;
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  await sync.flush();
  session.refuses = false;
  jar.clear();
  await sync.flush();
  session.tell(cookie('a', '2'));
  expect(inJar(jar)).toBe('a=2');
  session.tell(cookie('a', '2'), 'explicit', true);
  expect(inJar(jar)).toBe('');
});

test('the same name and value for a host alone and for its subdomains are two cookies', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session);
  session.meanwhile = () => session.tell({ ...cookie('a', '1'), domain: '.h.example', hostOnly: false });
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  await sync.flush();
  expect(jar.allCookies().map(({ hostOnly }) => hostOnly)).toEqual([false, true]);
});

test('a path that Chromium writes another way is that of the same cookie', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session);
  session.meanwhile = () => session.tell({ ...cookie('a', '1'), path: '/x%20y%3F' });
  jar.setCookie('a=1; Secure; Path=/z/../x y?', URL_OF);
  await sync.flush();
  expect(jar.allCookies().map(({ path }) => path)).toEqual(['/z/../x y?']);
});

test('a second one between the same two does not echo the first', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const syncs = [await syncCookies(jar, session), await syncCookies(jar, session)];
  session.tell({ ...cookie('a', '1'), expirationDate: Date.now() / 1000 + 1000.123_456 });
  for (let round = 0; round < 5; round++) {
    for (const sync of syncs) await sync.flush();
    session.tellLate();
  }
  expect([inJar(jar), session.sets]).toEqual(['a=1', ['a=1']]);
});

test('what the jar removes while the session is read does not come back', async () => {
  const jar = new CookieJar();
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  const session = new FakeCookies(cookie('a', '1'));
  const starting = syncCookies(jar, session);
  jar.clear();
  await starting;
  expect([inJar(jar), session.held]).toEqual(['', []]);
});

test('what Electron refuses is told, and the next one goes on', async () => {
  const faults: unknown[] = [];
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session, { onFault: (error) => faults.push(String(error)) });
  session.refuses = true;
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  await sync.flush();
  session.refuses = false;
  jar.setCookie('b=1; Secure; Path=/', URL_OF);
  await sync.flush();
  expect([faults, session.sets]).toEqual([['Error: Failed to set cookie'], ['b=1']]);
});

test('what Electron never answers is told, and the next one goes on', async () => {
  vi.useFakeTimers();
  const faults: string[] = [];
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session, { onFault: (error) => faults.push(error.message) });
  vi.spyOn(session, 'set').mockImplementationOnce(() => new Promise(() => {}));
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  jar.setCookie('b=1; Secure; Path=/', URL_OF);
  await vi.advanceTimersByTimeAsync(10_000);
  await sync.flush();
  expect(faults).toEqual([expect.stringContaining('not answered within 10000 ms')]);
  expect([session.sets, vi.getTimerCount()]).toEqual([['b=1'], 0]);
});

test('a session that does not give its cookies is given up', async () => {
  vi.useFakeTimers();
  const session = new FakeCookies();
  vi.spyOn(session, 'get').mockImplementation(() => new Promise(() => {}));
  const starting = syncCookies(new CookieJar(), session);
  const failed = expect(starting).rejects.toThrow(/not answered/);
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
  expect(session.listeners).toBe(0);
});

test('an onFault that throws keeps no later change from the session', async () => {
  const uncaught: unknown[] = [];
  vi.stubGlobal('queueMicrotask', catching(uncaught));
  const jar = new CookieJar();
  const session = new FakeCookies();
  const thrown = new Error('of the application');
  const sync = await syncCookies(jar, session, {
    onFault: () => {
      throw thrown;
    },
  });
  session.refuses = true;
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  await sync.flush();
  session.refuses = false;
  jar.setCookie('b=1; Secure; Path=/', URL_OF);
  await sync.flush();
  expect([uncaught, session.sets]).toEqual([[thrown], ['b=1']]);
});

test('once stopped, neither side hears of the other', async () => {
  const jar = new CookieJar();
  const session = new FakeCookies();
  const sync = await syncCookies(jar, session);
  sync.stop();
  jar.setCookie('a=1; Secure; Path=/', URL_OF);
  await sync.flush();
  expect([session.listeners, session.sets]).toEqual([0, []]);
});

test('a misspelt option is a mistake', async () => {
  await expect(
    syncCookies(new CookieJar(), new FakeCookies(), { onfault: () => {} } as never),
  ).rejects.toThrow(/onFault/);
});
