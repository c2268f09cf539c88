import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type SystemHost, thisHost } from '../../platform/node/proxy/read-system.ts';
import { SystemProxies } from '../../platform/node/proxy/system-proxies.ts';
import { proxiesOfEnvironment } from '../../src/proxy/environment.ts';
import { systemClock } from '../../src/util/clock.ts';

const QUERY = {
  url: 'http://origin.test/',
  peerHost: 'origin.test',
  peerPort: 80,
  scheme: 'http',
  protocolTag: 'http',
  attributes: new Map(),
} as const;
const environment = (query: typeof QUERY | Parameters<typeof proxiesOfEnvironment>[1]) =>
  proxiesOfEnvironment((name) => (name === 'http_proxy' ? 'http://env.test' : undefined), query);

const parts = {
  download: async (url: string): Promise<string> => {
    if (url.includes('gone')) throw new Error('it is gone');
    return `function FindProxyForURL() { return "PROXY pac.test:${url.length}" }`;
  },
};

/** A machine that is acted: its programs print what is given, and fail where nothing is. */
function acted(
  platform: string,
  variables: Record<string, string>,
  prints: Record<string, string>,
): SystemHost & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = (name: string): string | null => {
    asked.push(name);
    return prints[name] ?? null;
  };
  return {
    asked,
    platform,
    env: (name) => variables[name],
    home: () => '/home/me',
    run: async (...command) => {
      const output = answer(command.join(' '));
      if (output === null) throw new Error(`${command[0]}: it is not installed`);
      return output;
    },
    read: async (file) => answer(file),
  };
}

const REG =
  'C:\\Windows\\System32\\reg.exe query HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
const NETSH = 'C:\\Windows\\System32\\netsh.exe winhttp show proxy';
const GSETTINGS = 'gsettings list-recursively org.gnome.system.proxy';
const LIST = 'HKEY_CURRENT_USER\\Software\r\n    ProxyEnable    REG_DWORD    0x0\r\n';
const SAID = '\r\nSettings:\r\n\r\n    Proxy Server(s) :  machine:8080\r\n    Bypass List     :  (none)\r\n';
const auto = (url: string): string =>
  `org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url '${url}'\n`;
const GNOME = { XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' };

describe('the proxies of', () => {
  const ENVIRONMENT = 'environment: http_proxy';
  test.each<[string, SystemHost, string, string]>([
    [
      'macOS',
      acted(
        'darwin',
        {},
        { '/usr/sbin/scutil --proxy': '<dictionary> {\n  HTTPEnable : 1\n  HTTPProxy : mac\n}' },
      ),
      'mac',
      'system (macOS): proxy for http',
    ],
    [
      'a user of Windows',
      acted('win32', {}, { [REG]: `${LIST.replace('0x0', '0x1')}    ProxyServer    REG_SZ    user:80\r\n` }),
      'user',
      'system (Windows): proxy for http',
    ],
    [
      'Windows itself',
      acted('win32', {}, { [REG]: LIST, [NETSH]: SAID }),
      'machine',
      'system (WinHTTP): proxy for http',
    ],
    [
      'a Windows whose registry cannot be read',
      acted('win32', {}, {}),
      'env.test',
      `system: cannot be read: C:\\Windows\\System32\\reg.exe: it is not installed; ${ENVIRONMENT}`,
    ],
    [
      'GNOME',
      acted('linux', GNOME, {
        [GSETTINGS]: "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.socks host 'gnome'\n",
      }),
      'gnome',
      'system (GNOME): proxy for socks',
    ],
    [
      'a GNOME without its program',
      acted('linux', GNOME, {}),
      'env.test',
      `system: cannot be read: gsettings: it is not installed; ${ENVIRONMENT}`,
    ],
    [
      'KDE',
      acted(
        'linux',
        { XDG_CURRENT_DESKTOP: 'KDE' },
        { '/home/me/.config/kioslaverc': '[Proxy Settings]\nProxyType=1\nhttpProxy=kde 8080\n' },
      ),
      'kde',
      'system (KDE): proxy for http',
    ],
    [
      'a KDE that asks the environment',
      acted(
        'linux',
        { DESKTOP_SESSION: 'plasma', XDG_CONFIG_HOME: '/etc/me' },
        { '/etc/me/kioslaverc': '[Proxy Settings]\nProxyType=4\n' },
      ),
      'env.test',
      `system: KDE says so; ${ENVIRONMENT}`,
    ],
    [
      'a desktop that looks for its PAC file',
      acted('linux', GNOME, { [GSETTINGS]: "org.gnome.system.proxy mode 'auto'\n" }),
      'env.test',
      `system: GNOME asks for WPAD, which is not looked for; ${ENVIRONMENT}`,
    ],
    [
      'a desktop whose setting names no proxy',
      acted('linux', GNOME, {
        [GSETTINGS]: "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.http host 'a b'\n",
      }),
      'env.test',
      'system: the setting for http names no proxy: ',
    ],
    [
      'a desktop with a PAC file',
      acted('linux', GNOME, { [GSETTINGS]: auto('http://pac.corp/') }),
      'pac.test',
      'system (GNOME): PAC: http://pac.corp/',
    ],
    [
      'a desktop whose PAC file is gone',
      acted('linux', GNOME, { [GSETTINGS]: auto('http://pac.corp/gone') }),
      'env.test',
      `system: the PAC file http://pac.corp/gone: it is gone; ${ENVIRONMENT}`,
    ],
    [
      'a system that names proxies beside a PAC file that is gone',
      acted(
        'win32',
        {},
        {
          [REG]: `${LIST.replace('0x0', '0x1')}    ProxyServer    REG_SZ    user:80\r\n    AutoConfigURL    REG_SZ    http://pac.corp/gone\r\n`,
        },
      ),
      'user',
      'system (Windows): proxy for http; the PAC file http://pac.corp/gone: it is gone',
    ],
    [
      'an unknown desktop',
      acted('linux', { XDG_CURRENT_DESKTOP: 'sway' }, {}),
      'env.test',
      `system: cannot be read: it is not known where sway keeps its settings; ${ENVIRONMENT}`,
    ],
    [
      'a server',
      acted('freebsd', {}, {}),
      'env.test',
      `system: cannot be read: there is no desktop; ${ENVIRONMENT}`,
    ],
  ])('%s', async (_, host, proxy, rule) => {
    const choice = await new SystemProxies(host, environment, parts).choose(QUERY);
    expect(choice.proxies.map((one) => one?.host ?? null)).toEqual([proxy]);
    expect(choice.rule.startsWith(rule)).toBe(true);
  });

  test('a KDE where nothing was ever set are none', async () => {
    const host = acted('linux', { XDG_CURRENT_DESKTOP: 'KDE' }, {});
    expect(await new SystemProxies(host, environment, parts).choose(QUERY)).toEqual({
      proxies: [null],
      rule: 'system (KDE): no proxy for http',
    });
  });
});

test('a PAC file that nothing can run is no reason to go another way', async () => {
  const host = acted('linux', GNOME, { [GSETTINGS]: auto('http://pac.corp/') });
  const missing = Object.assign(new Error('npm install it'), { code: 'MODULE_NOT_FOUND' });
  const runner = (): never => {
    throw missing;
  };
  const proxies = new SystemProxies(host, environment, { ...parts, runner });
  await expect(proxies.choose(QUERY)).rejects.toThrow('the PAC file http://pac.corp/: npm install it');
});

test('a PAC file that is named no more is let go, and so is what nobody waits for', async () => {
  const did: string[] = [];
  let now = 0;
  const programs = { [GSETTINGS]: auto('http://pac.corp/') };
  const proxies = new SystemProxies(acted('linux', GNOME, programs), environment, {
    ...parts,
    clock: { ...systemClock, monotonic: () => now },
    runner: () => ({
      run: async ({ query }) =>
        query.host === 'slow.test' ? new Promise<never>(() => {}) : { kind: 'answer', text: 'DIRECT' },
      end: () => void did.push('end'),
      retire: () => void did.push('retire'),
    }),
  });
  const [one, other] = [{}, {}];
  await proxies.choose(QUERY, one);
  void proxies.choose({ ...QUERY, url: 'http://slow.test/', peerHost: 'slow.test' }, other);
  await new Promise((resolve) => setImmediate(resolve));
  proxies.leave(one);
  expect(did).toEqual([]);
  proxies.leave(other);
  expect(did).toEqual(['end']);
  programs[GSETTINGS] = auto('http://other.corp/');
  now += 5000;
  await proxies.choose(QUERY, one);
  expect(did).toEqual(['end', 'retire']);
});

test('settings are read once for all that ask, and anew after five seconds', async () => {
  let now = 1000;
  const host = acted('win32', {}, { [REG]: LIST, [NETSH]: SAID });
  const proxies = new SystemProxies(host, environment, {
    ...parts,
    clock: { ...systemClock, monotonic: () => now },
  });
  await Promise.all([proxies.choose(QUERY), proxies.choose(QUERY)]);
  now += 4999;
  await proxies.choose(QUERY);
  expect(host.asked).toEqual([REG, NETSH]);
  now += 1;
  await proxies.choose(QUERY);
  expect(host.asked).toEqual([REG, NETSH, REG, NETSH]);
});

describe('a program', () => {
  // A shell, which starts in no time: they have two seconds, on a slow machine, too.
  test.each([
    ['that prints', 'printf hello', 'hello'],
    ['that fails', 'exit 3', 'sh: it has failed with status 3'],
    ['that prints too much', 'head -c 300000 /dev/zero', 'sh: ERR_CHILD_PROCESS_STDIO_MAXBUFFER'],
    ['that waits to be told something', 'cat; printf end', 'end'],
    ['that never ends', 'exec sleep 1000', 'sh: it has not answered in time'],
  ])('%s', async (_, script, expected) => {
    const output = await thisHost.run('sh', '-c', script).catch((error: Error) => error.message);
    expect(output).toBe(expected);
  });

  test('that is not there', async () => {
    await expect(thisHost.run('/nowhere/gsettings')).rejects.toThrow('it is not installed');
    expect(await thisHost.read('/nowhere/kioslaverc')).toBeNull();
  });
});

const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-gsettings-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const SCHEMA = '/usr/share/glib-2.0/schemas/org.gnome.system.proxy.gschema.xml';
const hasGsettings = existsSync('/usr/bin/gsettings') && existsSync(SCHEMA);

describe.runIf(hasGsettings)('the real gsettings', () => {
  /** Its settings are in a file of the test's own, not in those of whoever runs it. */
  const variables = { ...process.env, GSETTINGS_BACKEND: 'keyfile', XDG_CONFIG_HOME: directory };
  const host: SystemHost = {
    ...thisHost,
    env: (name) => ({ XDG_CURRENT_DESKTOP: 'GNOME' })[name],
    run: async (program, ...args) => execFileSync(program, args, { env: variables, encoding: 'utf8' }),
  };

  test('is understood', async () => {
    const file = path.join(directory, 'glib-2.0', 'settings', 'keyfile');
    mkdirSync(path.dirname(file), { recursive: true });
    const choose = (text: string, query = {}) => {
      writeFileSync(file, text);
      return new SystemProxies(host, environment, parts).choose({ ...QUERY, ...query });
    };
    expect((await choose('')).rule).toBe('system (GNOME): no proxy for http');
    const settings = `[system/proxy]
mode='manual'
ignore-hosts=['*.corp', '10.0.0.0/8', "it's"]
[system/proxy/http]
host='proxy.corp'
port=3128
use-authentication=true
authentication-user='me'
authentication-password='it\\'s "secret"'
[system/proxy/https]
host='fd00::1'
port=8443
`;
    const [proxy] = (await choose(settings)).proxies;
    expect(proxy).toMatchObject({ host: 'proxy.corp', port: 3128, user: 'me', password: `it's "secret"` });
    const secure = await choose(settings, { scheme: 'https' });
    expect(secure.proxies[0]).toMatchObject({ host: 'fd00::1', port: 8443, user: '' });
    expect((await choose(settings, { peerHost: 'in.corp' })).rule).toBe(
      'system (GNOME): exception *.corp matches',
    );
    const auto = await choose("[system/proxy]\nmode='auto'\nautoconfig-url='http://pac.corp/'\n");
    expect(auto.rule).toBe('system (GNOME): PAC: http://pac.corp/');
  });
});
