import { NO_SETTINGS, type SystemSettings } from './system-settings.ts';

/** `ProxyType` of KProtocolManager. */
const TYPES = ['none', 'manual', 'pac', 'wpad', 'environment'] as const;

/**
 * KDE's settings: the file `kioslaverc`, group "Proxy Settings".
 * @throws Error for a kind of proxies that is not known
 */
export function parseKioslaverc(file: string): SystemSettings {
  const values = groupOf(file, 'Proxy Settings');
  const type = TYPES[Number(values.get('ProxyType') ?? 0)];
  if (type === undefined) throw new Error('kioslaverc has a ProxyType that is not known');
  const settings = { ...NO_SETTINGS, source: 'KDE' };
  if (type === 'pac') return { ...settings, pac: values.get('Proxy Config Script') || null };
  if (type !== 'manual')
    return { ...settings, discovers: type === 'wpad', asksEnvironment: type === 'environment' };
  return {
    ...settings,
    http: proxyOf(values.get('httpProxy'), 'http'),
    https: proxyOf(values.get('httpsProxy'), 'http'),
    socks: proxyOf(values.get('socksProxy'), 'socks5'),
    exceptions: values.get('NoProxyFor') ?? '',
    isReversed: values.get('ReversedException') === 'true',
  };
}

function groupOf(file: string, name: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let isInside = false;
  for (const line of file.split(/\r?\n/)) {
    if (line.startsWith('[')) isInside = line.trim() === `[${name}]`;
    const equals = line.indexOf('=');
    if (!isInside || equals < 0) continue;
    // `Proxy Config Script[$e]`: what may be expanded by the shell is marked so.
    values.set(line.slice(0, equals).replace(/\[.*$/, '').trim(), line.slice(equals + 1).trim());
  }
  return values;
}

/** `http://proxy.corp 8080`, as it is written since KDE 4, or `http://proxy.corp:8080`. `https://` is written for what is none. */
function proxyOf(value: string | undefined, scheme: string): string | null {
  const [address = '', port] = (value ?? '').trim().split(/\s+/);
  const [, given, rest = ''] = /^(?:([a-z\d]+):\/\/)?(.*?)\/?$/i.exec(address)!;
  if (rest === '') return null;
  const is = given === undefined || /^https?$/i.test(given) ? scheme : given;
  return `${is}://${rest}${port === undefined || Number(port) === 0 ? '' : `:${port}`}`;
}
