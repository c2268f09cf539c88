import { NO_SETTINGS, type SystemSettings } from './system-settings.ts';

/** The key of the user's settings ("Internet Options"), which `reg query` is asked for. */
export const INTERNET_SETTINGS = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

/** `    ProxyEnable    REG_DWORD    0x1`: name, type, value, each behind four blanks. */
const VALUE = /^ {4}(\S.*?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/;

/**
 * What `reg query` prints of {@link INTERNET_SETTINGS}. Its words are the same in all languages of Windows.
 * @throws Error for what is no such list
 */
export function parseInternetSettings(output: string): SystemSettings {
  const lines = output.split(/\r?\n/);
  if (!lines.some((line) => line.startsWith('HKEY_'))) throw new Error('reg has printed no key');
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, name, , value = ''] = VALUE.exec(line) ?? [];
    if (name !== undefined) values.set(name.toLowerCase(), value.trim());
  }
  const isOn = (name: string): boolean => Number(values.get(name) ?? 0) === 1;
  return {
    ...NO_SETTINGS,
    source: 'Windows',
    pac: values.get('autoconfigurl') || null,
    discovers: isOn('autodetect'),
    ...(isOn('proxyenable') ? named(values.get('proxyserver') ?? '', values.get('proxyoverride') ?? '') : {}),
  };
}

/**
 * What `netsh winhttp show proxy` prints: the settings of the machine, which services use. Its words are those of the
 * language of Windows, so it is the order that counts: proxies, then exceptions. `(none)` is in parentheses in all of them.
 */
export function parseWinHttp(output: string): SystemSettings {
  const rows = output.split(/\r?\n/).flatMap((line) => /^ +\S[^:]*: +(\S.*)$/.exec(line)?.[1] ?? []);
  const [servers = '', exceptions = ''] = rows.map((row) => (row.startsWith('(') ? '' : row.trim()));
  return { ...NO_SETTINGS, source: 'WinHTTP', ...named(servers, exceptions) };
}

/** `proxy:8080`, or `http=a:80;https=b:443;socks=c:1080`. `socks` is version 4, as in Internet Explorer. */
function named(
  servers: string,
  override: string,
): Pick<SystemSettings, 'http' | 'https' | 'socks' | 'exceptions'> {
  const entries = servers.split(/[\s;]+/).filter((entry) => entry !== '');
  const byScheme = new Map(
    entries.map((entry): [string, string] => {
      const [, scheme = 'all', address] = /^(?:([a-z]+)=)?(.*)$/i.exec(entry) as unknown as string[];
      return [scheme.toLowerCase(), address!];
    }),
  );
  const all = byScheme.get('all');
  const of = (scheme: string, as: string): string | null => {
    const address = byScheme.get(scheme) ?? (scheme === 'socks' ? undefined : all);
    return address === undefined || address === ''
      ? null
      : address.includes('://')
        ? address
        : `${as}://${address}`;
  };
  return {
    http: of('http', 'http'),
    https: of('https', 'http'),
    socks: of('socks', 'socks4a'),
    // `https://*.corp` is the same host by whatever scheme.
    exceptions: override.replace(/\b[a-z]+:\/\//gi, ''),
  };
}
