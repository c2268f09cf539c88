import { NO_SETTINGS, proxyUrlOf, type SystemSettings } from './system-settings.ts';

/** The schema that `gsettings list-recursively` is asked for; those of the protocols are below it. */
export const GNOME_SCHEMA = 'org.gnome.system.proxy';

/** `org.gnome.system.proxy.http host 'proxy.corp'`. */
const LINE = /^org\.gnome\.system\.proxy(?:\.([a-z]+))? (\S+) (.*)$/;

/** A text as GVariant prints it, which prefers single quotes. */
const TEXT = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;

/**
 * What `gsettings list-recursively org.gnome.system.proxy` prints (GNOME, Cinnamon, Unity, Budgie and others). That all
 * protocols use the proxy for http is told by no other setting: `use-same-proxy` is for the window where they are set.
 *
 * @throws Error for what is no such list
 */
export function parseGsettings(output: string): SystemSettings {
  const values = new Map<string, string>();
  for (const line of output.split(/\r?\n/)) {
    const [, protocol, key, value] = LINE.exec(line) ?? [];
    if (value !== undefined) values.set(protocol === undefined ? key! : `${protocol}.${key}`, value);
  }
  const text = (key: string): string => textsOf(values.get(key) ?? '')[0] ?? '';
  const mode = text('mode');
  if (!['none', 'manual', 'auto'].includes(mode)) throw new Error('gsettings has told no mode');
  const settings = { ...NO_SETTINGS, source: 'GNOME' };
  const pac = text('autoconfig-url');
  if (mode === 'auto') return { ...settings, pac: pac || null, discovers: pac === '' };
  if (mode === 'none') return settings;
  const proxy = (protocol: string, scheme: string): string | null =>
    proxyUrlOf(scheme, text(`${protocol}.host`), values.get(`${protocol}.port`));
  const http = proxy('http', 'http');
  const hasUser = values.get('http.use-authentication') === 'true';
  const userinfo = `${encode(text('http.authentication-user'))}:${encode(text('http.authentication-password'))}@`;
  return {
    ...settings,
    http: hasUser && http !== null ? http.replace('://', () => `://${userinfo}`) : http,
    https: proxy('https', 'http'),
    socks: proxy('socks', 'socks5'),
    exceptions: textsOf(values.get('ignore-hosts') ?? '').join(','),
  };
}

function textsOf(value: string): string[] {
  return [...value.matchAll(TEXT)].map(([, single, double]) => unescaped(single ?? double!));
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function encode(text: string): string {
  return encodeURIComponent(text);
}
