import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGsettings } from '../../../../src/proxy/system/gnome.ts';
import { parseKioslaverc } from '../../../../src/proxy/system/kde.ts';
import { parseScutil } from '../../../../src/proxy/system/macos.ts';
import { NO_SETTINGS } from '../../../../src/proxy/system/system-settings.ts';
import { parseInternetSettings, parseWinHttp } from '../../../../src/proxy/system/windows.ts';

// Outputs as the programs print them: those of macOS, Windows and KDE from their documentation and reports of users, those of
// gsettings from the program itself (test/node/system-proxies.test.ts runs it).

describe('scutil --proxy', () => {
  const none = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  FTPPassive : 1
}
`;
  const manual = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : intranet.corp:8080
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 8080
  HTTPProxy : proxy.corp
  HTTPSEnable : 1
  HTTPSPort : 8443
  HTTPSProxy : fd00::1
  ProxyAutoConfigEnable : 0
  ProxyAutoConfigURLString : http://old.corp/proxy.pac
  ProxyAutoDiscoveryEnable : 0
  SOCKSEnable : 0
  SOCKSPort : 1080
  SOCKSProxy : socks.corp
  __SCOPED__ : <dictionary> {
    en0 : <dictionary> {
      HTTPEnable : 1
      HTTPPort : 1
      HTTPProxy : other.corp
      ExceptionsList : <array> {
        0 : *.other
      }
    }
  }
}
`;
  const auto = `<dictionary> {
  HTTPEnable : 0
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://pac.corp/proxy.pac?a : b
  ProxyAutoDiscoveryEnable : 1
  SOCKSEnable : 1
  SOCKSPort : 1080
  SOCKSProxy : socks.corp
}
`;
  const source = 'macOS';
  test.each([
    ['nothing', none, { exceptions: '*.local,169.254.0.0/16' }],
    ['an empty dictionary', '<dictionary> {\n}\n', {}],
    [
      'proxies',
      manual,
      {
        http: 'http://proxy.corp:8080',
        https: 'http://[fd00::1]:8443',
        exceptions: '*.local,169.254.0.0/16,intranet.corp:8080,<local>',
      },
    ],
    [
      'a PAC file, WPAD and SOCKS',
      auto,
      { pac: 'http://pac.corp/proxy.pac?a : b', discovers: true, socks: 'socks5://socks.corp:1080' },
    ],
  ])('with %s', (_, output, expected) => {
    expect(parseScutil(output)).toEqual({ ...NO_SETTINGS, source, ...expected });
    expect(parseScutil(output.replaceAll('\n', '\r\n'))).toEqual({ ...NO_SETTINGS, source, ...expected });
  });

  test.each(['', 'No such key', 'proxy: command not found'])('is not %j', (output) => {
    expect(() => parseScutil(output)).toThrow('scutil has printed no dictionary');
  });
});

describe('reg query', () => {
  const key = 'HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
  const output = (...lines: string[]): string =>
    `\r\n${key}\r\n${lines.map((line) => `    ${line}\r\n`).join('')}\r\n${key}\\5.0\r\n${key}\\Zones\r\n`;
  const on = 'ProxyEnable    REG_DWORD    0x1';
  test.each([
    ['nothing', output('User Agent    REG_SZ    Mozilla/4.0 (compatible; MSIE 8.0; Win32)'), {}],
    ['proxies that are off', output('ProxyEnable    REG_DWORD    0x0', 'ProxyServer    REG_SZ    p:1'), {}],
    ['an empty value', output(on, 'ProxyServer    REG_SZ    ', 'ProxyOverride    REG_SZ'), {}],
    [
      'one proxy for all',
      output(
        on,
        'ProxyServer    REG_SZ    proxy.corp:8080',
        'ProxyOverride    REG_SZ    *.corp;10.*;<local>',
      ),
      { http: 'http://proxy.corp:8080', https: 'http://proxy.corp:8080', exceptions: '*.corp;10.*;<local>' },
    ],
    [
      'a proxy for each protocol',
      output(
        on,
        'ProxyServer    REG_SZ    http=a.corp:80;https=b.corp:443;ftp=c.corp:21;socks=d.corp:1080',
        'ProxyOverride    REG_SZ    https://*.corp;http://10.0.0.1',
      ),
      {
        http: 'http://a.corp:80',
        https: 'http://b.corp:443',
        socks: 'socks4a://d.corp:1080',
        exceptions: '*.corp;10.0.0.1',
      },
    ],
    [
      'a PAC file and what is sought',
      output('AutoConfigURL    REG_SZ    http://pac.corp/a.pac', 'AutoDetect    REG_DWORD    0x1'),
      { pac: 'http://pac.corp/a.pac', discovers: true },
    ],
    [
      'a URL',
      output(on, 'ProxyServer    REG_SZ    http://proxy.corp:8080'),
      { http: 'http://proxy.corp:8080', https: 'http://proxy.corp:8080' },
    ],
  ])('with %s', (_, text, expected) => {
    expect(parseInternetSettings(text)).toEqual({ ...NO_SETTINGS, source: 'Windows', ...expected });
  });

  test('is no message of an error', () => {
    const error = 'ERROR: The system was unable to find the specified registry key or value.\r\n';
    expect(() => parseInternetSettings(error)).toThrow('reg has printed no key');
  });
});

describe('netsh winhttp show proxy', () => {
  test.each([
    [
      'without a proxy',
      '\r\nCurrent WinHTTP proxy settings:\r\n\r\n    Direct access (no proxy server).\r\n\r\n',
      {},
    ],
    [
      'with one',
      '\r\nCurrent WinHTTP proxy settings:\r\n\r\n    Proxy Server(s) :  proxy.corp:8080\r\n    Bypass List     :  *.corp;<local>\r\n\r\n',
      { http: 'http://proxy.corp:8080', https: 'http://proxy.corp:8080', exceptions: '*.corp;<local>' },
    ],
    [
      'without exceptions',
      '\r\nCurrent WinHTTP proxy settings:\r\n\r\n    Proxy Server(s) :  http=a:80;https=b:81\r\n    Bypass List     :  (none)\r\n\r\n',
      { http: 'http://a:80', https: 'http://b:81' },
    ],
    [
      'in German',
      '\r\nAktuelle WinHTTP-Proxyeinstellungen:\r\n\r\n    Proxyserver:  proxy.corp:8080\r\n    Umgehungsliste:  (Keine)\r\n\r\n',
      { http: 'http://proxy.corp:8080', https: 'http://proxy.corp:8080' },
    ],
  ])('%s', (_, output, expected) => {
    expect(parseWinHttp(output)).toEqual({ ...NO_SETTINGS, source: 'WinHTTP', ...expected });
  });
});

describe('gsettings list-recursively', () => {
  const output = (changes: Record<string, string>): string => {
    const values: Record<string, string> = {
      ' autoconfig-url': "''",
      ' ignore-hosts': "['localhost', '127.0.0.0/8', '::1']",
      ' mode': "'none'",
      ' use-same-proxy': 'true',
      '.http authentication-password': "''",
      '.http authentication-user': "''",
      '.http enabled': 'false',
      '.http host': "''",
      '.http port': '8080',
      '.http use-authentication': 'false',
      '.https host': "''",
      '.https port': '0',
      '.socks host': "''",
      '.socks port': '0',
      ...changes,
    };
    return Object.entries(values)
      .map(([name, value]) => `org.gnome.system.proxy${name} ${value}\n`)
      .join('');
  };
  test.each([
    ['none', output({}), {}],
    ['proxies that are off', output({ '.http host': "'proxy.corp'" }), {}],
    [
      'proxies',
      output({
        ' mode': "'manual'",
        '.http host': "'proxy.corp'",
        '.https host': "'fd00::1'",
        '.https port': '8443',
        '.socks host': "'socks.corp'",
      }),
      {
        http: 'http://proxy.corp:8080',
        https: 'http://[fd00::1]:8443',
        socks: 'socks5://socks.corp',
        exceptions: 'localhost,127.0.0.0/8,::1',
      },
    ],
    [
      'credentials, and no exceptions',
      output({
        ' mode': "'manual'",
        ' ignore-hosts': '@as []',
        '.http host': "'proxy.corp'",
        '.http use-authentication': 'true',
        '.http authentication-user': `"it's"`,
        '.http authentication-password': `'a:"\\\\\\'@$&'`,
      }),
      { http: `http://it's:a%3A%22%5C'%40%24%26@proxy.corp:8080` },
    ],
    [
      'a PAC file',
      output({ ' mode': "'auto'", ' autoconfig-url': "'http://pac.corp/a.pac'" }),
      { pac: 'http://pac.corp/a.pac' },
    ],
    ['what is to be looked for', output({ ' mode': "'auto'" }), { discovers: true }],
  ])('with %s', (_, text, expected) => {
    expect(parseGsettings(text)).toEqual({ ...NO_SETTINGS, source: 'GNOME', ...expected });
  });

  test.each(['', 'No such schema “org.gnome.system.proxy”', "org.gnome.system.proxy mode 'new'"])(
    'is not %j',
    (text) => {
      expect(() => parseGsettings(text)).toThrow('gsettings has told no mode');
    },
  );
});

describe('kioslaverc', () => {
  const proxies = `httpProxy=http://proxy.corp 8080
httpsProxy=https://secure.corp:8443
socksProxy=socks://socks.corp 1080
NoProxyFor=localhost,.corp
Proxy Config Script[$e]=http://pac.corp/a.pac
ReversedException=true
`;
  const file = (type: string): string =>
    `PersistentProxyConnection=false\n[$Version]\nupdate_info=kioslave.upd:x\n\n[Proxy Settings]\n${type}\n${proxies}\n[Cookies]\nProxyType=9\n`;
  test.each([
    ['nothing', '', {}],
    ['proxies that are off', file('ProxyType=0'), {}],
    [
      'proxies',
      file('ProxyType=1'),
      {
        http: 'http://proxy.corp:8080',
        https: 'http://secure.corp:8443',
        socks: 'socks://socks.corp:1080',
        exceptions: 'localhost,.corp',
        isReversed: true,
      },
    ],
    ['a PAC file', file('ProxyType=2'), { pac: 'http://pac.corp/a.pac' }],
    ['what is to be looked for', file('ProxyType=3'), { discovers: true }],
    ['variables of the environment', file('ProxyType=4'), { asksEnvironment: true }],
  ])('with %s', (_, text, expected) => {
    expect(parseKioslaverc(text)).toEqual({ ...NO_SETTINGS, source: 'KDE', ...expected });
  });

  test('with a kind of proxies that is not known', () => {
    expect(() => parseKioslaverc(file('ProxyType=5'))).toThrow('ProxyType');
  });
});

const PARSERS = { parseScutil, parseInternetSettings, parseWinHttp, parseGsettings, parseKioslaverc };
test.each(Object.entries(PARSERS))('%s makes settings of any text, or says that it cannot', (_, parse) => {
  const piece = fc.constantFrom(
    ...'{ } : = [ ] \' " \\ \n <dictionary> <array> 0x1 REG_SZ HKEY_ org.gnome.system.proxy mode'.split(' '),
  );
  const text = fc.array(fc.oneof(piece, fc.string())).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(text, (given) => {
      try {
        expect(Object.keys(parse(given)).sort()).toEqual(Object.keys({ source: '', ...NO_SETTINGS }).sort());
      } catch (error) {
        expect((error as Error).message).toMatch(/^(scutil|reg|gsettings|kioslaverc) has /);
      }
    }),
  );
});
