import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CookieJar } from '../../platform/node/cookie-jar.ts';
import { FileStore } from '../../platform/node/files/file-store.ts';
import { publicSuffixList } from '../../platform/node/public-suffix.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-cookies-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SITE = 'https://www.example.com/';

/** What one process has: its own memory and its own store on the file. */
async function start(file: string) {
  const faults: Error[] = [];
  const onFault = (fault: Error) => faults.push(fault);
  const store = new FileStore({ file, onFault });
  const jar = await CookieJar.open(store, { onFault });
  const end = async () => {
    await jar.close();
    await store.close();
  };
  return { jar, faults, end };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe('on a file', () => {
  test('cookies survive a restart, and two processes merge', async () => {
    const file = path.join(root, 'merge', 'cookies.json');
    const [one, other] = [await start(file), await start(file)];
    for (let i = 0; i < 50; i++) one.jar.setCookie(`one${i}=1; Max-Age=600`, SITE);
    for (let i = 0; i < 50; i++) other.jar.setCookie(`other${i}=1; Max-Age=600`, SITE);
    await Promise.all([one.end(), other.end()]);

    const restarted = await start(file);
    expect(restarted.jar.allCookies()).toHaveLength(100);
    expect([...one.faults, ...other.faults, ...restarted.faults]).toEqual([]);
    await restarted.end();
  });

  test('what one process sets or deletes, the other knows', async () => {
    const file = path.join(root, 'watch', 'cookies.json');
    const [one, other] = [await start(file), await start(file)];
    one.jar.setCookie('a=1; Max-Age=600', SITE);
    await until(() => other.jar.cookieHeader(SITE) === 'a=1');
    other.jar.setCookie('a=; Max-Age=0', SITE);
    await until(() => one.jar.cookieHeader(SITE) === '');
    await Promise.all([one.end(), other.end()]);
  });

  test('a file that was cut is set aside and reported, and the jar starts empty', async () => {
    const file = path.join(root, 'cut', 'cookies.json');
    const first = await start(file);
    first.jar.setCookie('a=1; Max-Age=600', SITE);
    await first.end();
    truncateSync(file, 20);
    const second = await start(file);
    expect(second.jar.allCookies()).toEqual([]);
    expect(second.faults).toHaveLength(1);
    second.jar.setCookie('b=2; Max-Age=600', SITE);
    await second.end();
    const third = await start(file);
    expect(third.jar.cookieHeader(SITE)).toBe('b=2');
    await third.end();
  });
});

test('what is no cookie in a file is told of once', async () => {
  const file = path.join(root, 'strange.json');
  const first = await start(file);
  first.jar.setCookie('a=1; Max-Age=600', SITE);
  await first.end();
  writeFileSync(file, readFileSync(file, 'latin1').replace('"entries":[', '"entries":[["no cookie",1],'));
  const second = await start(file);
  expect([second.jar.cookieHeader(SITE), second.faults.length]).toEqual(['a=1', 1]);
  await second.end();
});

describe('the public suffix list', () => {
  test.each<[host: string, domain: string | null]>([
    ['com', null],
    ['example.com', 'example.com'],
    ['a.b.example.com', 'example.com'],
    ['co.uk', null],
    ['www.example.co.uk', 'example.co.uk'],
    ['github.io', null],
    ['a.user.github.io', 'user.github.io'],
    ['foo.ck', null],
    ['a.www.ck', 'www.ck'],
    ['xn--55qx5d.cn', null],
    ['a.xn--55qx5d.cn', 'a.xn--55qx5d.cn'],
    ['localhost', null],
    ['127.0.0.1', null],
    ['[::1]', null],
  ])('%s: %s', (host, domain) => {
    expect(publicSuffixList.registrableDomain(host)).toBe(domain);
    expect(publicSuffixList.registrableDomain(host)).toBe(domain);
  });

  test('more hosts than are remembered', () => {
    for (let i = 0; i < 10_000; i++) {
      expect(publicSuffixList.registrableDomain(`www.host${i}.co.uk`)).toBe(`host${i}.co.uk`);
    }
  });

  test('is what the jar of Node uses, unless another is given', () => {
    expect(new CookieJar().setCookie('a=1; Domain=co.uk', 'https://example.co.uk/')).toBe(false);
    const publicSuffixes = { registrableDomain: (host: string) => host };
    expect(new CookieJar({ publicSuffixes }).setCookie('a=1; Domain=co.uk', 'https://example.co.uk/')).toBe(
      true,
    );
  });
});
