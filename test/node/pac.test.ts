import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { pacProxies } from '../../platform/node/extras.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { PacFile, type PacParts } from '../../platform/node/proxy/pac/pac-file.ts';
import { type PacQuestions, PacScript, thisMachine } from '../../platform/node/proxy/pac/pac-script.ts';
import { systemClock } from '../../src/util/clock.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { runsInThread } from '../support/pac-in-thread.ts';
import { startHttpProxy } from '../support/proxies.ts';
import { queryOfUrl } from '../support/proxy-query.ts';

const cleanup = new Cleanup();

const questions = (asked: string[] = []): PacQuestions => ({
  async lookUp(host) {
    asked.push(host);
    if (host.includes('none')) throw new Error('ENOTFOUND');
    return host === 'six.test' ? ['fd00::1'] : ['10.0.0.1', '10.0.0.2'];
  },
  ownAddresses: async () => ['10.9.9.9'],
});
const say = (body: string): string => `function FindProxyForURL(url, host) { ${body} }`;
const scriptOf = (script: string, asking: PacQuestions = questions(), clock = systemClock) =>
  new PacScript(script, runsInThread(script), asking, clock);
const find = (script: string, url = 'http://origin.test/path?query', asked: string[] = []) =>
  scriptOf(script, questions(asked)).find(queryOfUrl(url));

describe('a script', () => {
  test.each([
    ['http://origin.test/path?query', 'http://origin.test/path?query origin.test'],
    ['https://origin.test/secret?token', 'https://origin.test/ origin.test'],
    ['https://origin.test:8443/secret', 'https://origin.test:8443/ origin.test'],
    ['https://[fd00::1]/secret', 'https://[fd00::1]/ fd00::1'],
  ])('is told of %s no more than %s', async (url, expected) => {
    expect(await find(say('return url + " " + host'), url)).toBe(expected);
  });

  test.each([
    ['a text', 'return "PROXY a:1; DIRECT"', 'PROXY a:1; DIRECT'],
    ['null', 'return null', null],
    ['an answer of a name', 'return dnsResolve("a.test")', '10.0.0.1'],
    ['a name without an address', 'return String(dnsResolve("none.test"))', 'null'],
    ['what is no name', 'return String(dnsResolve("a b")) + dnsResolve("")', 'nullnull'],
    ['its own address', 'return myIpAddress()', '10.9.9.9'],
    ['networks', 'return String(isInNet("a.test", "10.0.0.0", "255.0.0.0"))', 'true'],
    ['IPv6', 'return dnsResolveEx("six.test")', 'fd00::1'],
    ['what it catches', 'try { dnsResolve("a.test") } catch { } return dnsResolve("a.test")', '10.0.0.1'],
    ['an alert', 'alert(host); return String(alert({}))', 'undefined'],
    ['types', 'return typeof shExpMatch("a", "*") + typeof dnsDomainLevels("a.b")', 'booleannumber'],
  ])('gives %s', async (_, body, expected) => {
    expect(await find(say(body))).toBe(expected);
  });

  test('asks for each name once, in its order', async () => {
    const asked: string[] = [];
    const body =
      'var a = dnsResolve("a.test"); var b = isResolvable("none.test"); return a + b + dnsResolve("a.test")';
    expect(await find(say(body), undefined, asked)).toBe('10.0.0.1false10.0.0.1');
    expect(asked).toEqual(['a.test', 'none.test']);
  });

  test.each([
    ['that is none', 'function (', /^it has failed: /],
    ['without the function', 'var x = 1', "it has failed: 'FindProxyForURL' is not defined"],
    ['that throws', say('throw new Error("so there")'), 'it has failed: so there'],
    ['that throws a text', say('throw "so there"'), 'it has failed'],
    ['that gives nothing', say(''), 'FindProxyForURL has given undefined'],
    ['that gives a number', say('return 5'), 'FindProxyForURL has given number'],
    ['that gives an object', say('return {}'), 'FindProxyForURL has given an object'],
    ['that calls itself', say('return FindProxyForURL(url, host)'), /^it has failed/],
    ['that takes all memory', say('var a = "x"; for (;;) a += a; '), /^it has failed/],
    ['that fills arrays', say('var a = []; for (;;) a.push(new Array(99).join("x") + a.length)'), /^it /],
    [
      'that asks for names without end',
      say('for (var i = 0; ; i++) dnsResolve("n" + i)'),
      'it asks for more than 20 names',
    ],
    ['with an error that never ends', say('throw { get message() { for (;;); } }'), /^it /],
  ])('%s fails', async (_, script, expected) => {
    const error = await find(script).catch((reason: Error) => reason.message);
    if (typeof expected === 'string') expect(error).toBe(expected);
    else expect(error).toMatch(expected);
    expect(await find(say('return "DIRECT"'))).toBe('DIRECT');
  });

  test('reaches nothing of Node, and leaves nothing to the next call', async () => {
    const names = [
      'process',
      'require',
      'module',
      'globalThis.fetch',
      'setTimeout',
      'Buffer',
      'console',
      'WebAssembly',
      'std',
      'os',
    ];
    const body = `return [${names.map((name) => `typeof ${name}`).join(', ')}].join()`;
    expect(await find(say(body))).toBe(names.map(() => 'undefined').join());
    const attempt = 'return String(alert.constructor("return this.process")())';
    expect(await find(say(attempt))).toBe('undefined');
    const counting = `var n = 0; ${say('Object.prototype.n = ++n; return String(n) + host')}`;
    const script = scriptOf(counting);
    expect(await script.find(queryOfUrl('http://a.test/'))).toBe('1a.test');
    expect(await script.find(queryOfUrl('http://b.test/'))).toBe('1b.test');
    expect(({} as { n?: unknown }).n).toBeUndefined();
  });

  test('gives one answer to all of a host for 30 seconds', async () => {
    let now = 0;
    const asked: string[] = [];
    const clock = { ...systemClock, monotonic: () => now };
    const script = scriptOf(say('return dnsResolve(host)'), questions(asked), clock);
    await script.find(queryOfUrl('https://a.test/one'));
    await script.find(queryOfUrl('https://a.test/two'));
    await script.find(queryOfUrl('https://b.test/'));
    expect(asked).toEqual(['a.test', 'b.test']);
    now += 30_000;
    await script.find(queryOfUrl('https://a.test/one'));
    expect(asked).toEqual(['a.test', 'b.test', 'a.test']);
  });

  test('does not wait longer than ten seconds for names', async () => {
    const timers: (() => void)[] = [];
    const clock = {
      ...systemClock,
      setTimeout: (callback: () => void, ms: number) => {
        expect(ms).toBeLessThanOrEqual(10_000);
        timers.push(callback);
        queueMicrotask(callback);
      },
      clearTimeout: () => {},
    };
    const never = { ...questions(), lookUp: () => new Promise<never>(() => {}) };
    const script = scriptOf(say('return String(dnsResolve(host))'), never, clock);
    expect(await script.find(queryOfUrl('http://a.test/'))).toBe('null');
    expect(timers.length).toBe(1);
  });
});

test('this machine has an address, and knows those of names', async () => {
  expect(await thisMachine.lookUp('127.0.0.1')).toEqual(['127.0.0.1']);
  await expect(thisMachine.lookUp('nowhere.invalid')).rejects.toThrow();
  expect(Array.isArray(await thisMachine.ownAddresses())).toBe(true);
});

describe('a file', () => {
  /** Texts in the order of downloads; the last is given to all that follow. */
  function fileOf(texts: (string | Error)[], url = 'http://me:secret@pac.test/a.pac') {
    const state = { now: 0, downloads: 0 };
    const parts: PacParts = {
      clock: { ...systemClock, monotonic: () => state.now },
      questions: questions(),
      runner: runsInThread,
      download: async () => {
        const text = texts[Math.min(state.downloads++, texts.length - 1)]!;
        if (text instanceof Error) throw text;
        return text;
      },
    };
    const file = new PacFile(url, parts);
    const choose = async () => {
      const { proxies } = await file.choose(queryOfUrl('http://a.test/'));
      return proxies.map((proxy) => proxy?.host ?? null);
    };
    return { file, state, choose };
  }
  const first = say('return "PROXY first.test; DIRECT"');
  const second = say('return "SOCKS5 second.test:1081"');

  test('is read once, and its answer a list', async () => {
    const { choose, state, file } = fileOf([first]);
    expect(await Promise.all([choose(), choose()])).toEqual([
      ['first.test', null],
      ['first.test', null],
    ]);
    expect(state.downloads).toBe(1);
    expect(file.rule).toBe('PAC: http://pac.test/a.pac');
  });

  test.each([
    ['null', 'return null', [null]],
    ['an empty text', 'return " "', [null]],
    ['what is partly known', 'return "QUIC q:1; PROXY a:1"', ['a']],
  ])('that says %s', async (_, body, expected) => {
    expect(await fileOf([say(body)]).choose()).toEqual(expected);
  });

  test.each([
    ['names no proxy', say('return "QUIC q:1; PROXY"'), 'it names no proxy that can be used'],
    ['fails', say('throw new Error("no")'), 'it has failed: no'],
    ['cannot be had', new Error('404'), '404'],
  ])('that %s is an error that says which', async (_, text, why) => {
    await expect(fileOf([text]).choose()).rejects.toThrow(`the PAC file http://pac.test/a.pac: ${why}`);
  });

  test('is looked at again after five minutes, while the old one serves', async () => {
    const { choose, state } = fileOf([first, second]);
    await choose();
    state.now += 299_999;
    await choose();
    expect(state.downloads).toBe(1);
    state.now += 1;
    expect(await choose()).toEqual(['first.test', null]);
    await expect.poll(choose).toEqual(['second.test']);
    expect(state.downloads).toBe(2);
  });

  test('that is gone later serves on', async () => {
    const { choose, state } = fileOf([first, new Error('gone'), second]);
    await choose();
    state.now += 300_000;
    expect(await choose()).toEqual(['first.test', null]);
    await expect.poll(() => state.downloads).toBe(2);
    expect(await choose()).toEqual(['first.test', null]);
    state.now += 300_000;
    await choose();
    await expect.poll(choose).toEqual(['second.test']);
  });

  test('that cannot be had is not asked for at each request', async () => {
    const { choose, state } = fileOf([new Error('down'), first]);
    await expect(choose()).rejects.toThrow('down');
    await expect(choose()).rejects.toThrow('down');
    expect(state.downloads).toBe(1);
    state.now += 10_000;
    expect(await choose()).toEqual(['first.test', null]);
  });
});

describe('pacProxies', () => {
  async function startOrigin(): Promise<string> {
    const server = createServer((_, response) => response.end('hello'));
    await cleanup.listen(server);
    return `http://127.0.0.1:${portOf(server)}/`;
  }
  const managerWith = (url: string | URL): NetworkAccessManager => {
    const manager = new NetworkAccessManager({ proxyFactory: pacProxies(url) });
    cleanup.add(() => manager.close());
    return manager;
  };

  test('sends requests where the file says, around a proxy that is dead', async () => {
    const origin = await startOrigin();
    const proxy = await startHttpProxy(cleanup);
    const script = say(
      `return shExpMatch(host, "127.*") ? "PROXY 127.0.0.1:1; PROXY 127.0.0.1:${proxy.port}" : "DIRECT"`,
    );
    const files = createServer(({ url }, response) => {
      response.writeHead(url === '/a.pac' ? 200 : 404, {
        'content-type': 'application/x-ns-proxy-autoconfig',
      });
      response.end(script);
    });
    await cleanup.listen(files);
    const url = `http://127.0.0.1:${portOf(files)}/a.pac`;
    const manager = managerWith(url);
    expect(await manager.get(origin).text()).toBe('hello');
    expect(proxy.seen.map(({ line }) => line)).toEqual([`GET ${origin}`]);
    const { chosen, tried, rule } = await manager.explainProxy(origin);
    expect(rule).toBe(`PAC: ${url}`);
    expect([chosen?.port, tried.map(({ isAvoided }) => isAvoided)]).toEqual([proxy.port, [false, true]]);
    const wrong = managerWith(url.replace('a.pac', 'b.pac'));
    await expect(wrong.get(origin).text()).rejects.toMatchObject({ code: 'proxy-not-found' });
  });

  test('reads files of this machine, and replaces them', async () => {
    const origin = await startOrigin();
    const proxy = await startHttpProxy(cleanup);
    const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-pac-'));
    cleanup.add(() => rmSync(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'proxy.pac');
    writeFileSync(file, say(`return "PROXY 127.0.0.1:${proxy.port}"`));
    const manager = managerWith(pathToFileURL(file));
    expect(await manager.get(origin).text()).toBe('hello');
    expect(proxy.seen.length).toBe(1);
    writeFileSync(file, say('return "DIRECT"'));
    await expect
      .poll(async () => (await manager.explainProxy(origin)).chosen?.type, { timeout: 20_000 })
      .toBe('none');
  });

  test('says what a script in its URL has done wrong', async () => {
    const manager = managerWith(`data:text/javascript,${encodeURIComponent(say('throw new Error("no")'))}`);
    const reply = manager.get('http://origin.test/');
    await expect(reply.text()).rejects.toThrow(
      'the factory has failed: the PAC file data:: it has failed: no',
    );
    expect(reply.error?.code).toBe('proxy-not-found');
  });

  test('gives an application texts that it may give on', async () => {
    const pac = pacProxies(
      `data:,${encodeURIComponent(say('return "PROXY a:1; HTTPS b; SOCKS c; SOCKS5 [fd00::1]; DIRECT"'))}`,
    );
    const texts = await pac(queryOfUrl('http://a.test/'));
    expect(texts).toEqual([
      'http://a:1',
      'https://b:443',
      'socks4a://c:1080',
      'socks5://[fd00::1]:1080',
      'none',
    ]);
    const manager = new NetworkAccessManager({
      proxyFactory: async (query) => [...((await pac(query)) as readonly string[])],
    });
    cleanup.add(() => manager.close());
    const { tried, rule } = await manager.explainProxy('http://a.test/');
    expect([tried.length, rule]).toEqual([5, 'factory']);
  });

  test.each(['wpad.dat', 'ftp://a/b', '', 'javascript:1'])('is no proxy of %j', (url) => {
    expect(() => pacProxies(url)).toThrow(TypeError);
  });

  test('looks for a file by DNS when it is asked to', async () => {
    const { rule } = await managerWith('wpad')
      .explainProxy('http://origin.test/')
      .catch(({ message }: Error) => ({ rule: message }));
    expect(rule).toContain('http://wpad/wpad.dat');
  });
});
