import { NO_SETTINGS, proxyUrlOf, type SystemSettings } from './system-settings.ts';

/** Lines that are looked at. */
const MOST_LINES = 4000;

/** `  HTTPPort : 8080`, `  ExceptionsList : <array> {`, `    0 : *.local`, `  }`. */
const LINE = /^\s*(?:(\}) *|(.+?) : (.*))$/;

/**
 * What `scutil --proxy` prints: the dynamic store's `State:/Network/Global/Proxies`, as property lists are printed. Keys are
 * those of Apple's SCSchemaDefinitions; what is below `__SCOPED__` is for single interfaces and left out.
 *
 * @throws Error for what is no such dictionary
 */
export function parseScutil(output: string): SystemSettings {
  const { values, exceptions } = topLevelOf(output);
  const isOn = (key: string): boolean => values.get(`${key}Enable`) === '1';
  const proxy = (key: string, scheme: string): string | null =>
    isOn(key) ? proxyUrlOf(scheme, values.get(`${key}Proxy`), values.get(`${key}Port`)) : null;
  if (values.get('ExcludeSimpleHostnames') === '1') exceptions.push('<local>');
  return {
    ...NO_SETTINGS,
    source: 'macOS',
    pac: (isOn('ProxyAutoConfig') && values.get('ProxyAutoConfigURLString')) || null,
    discovers: isOn('ProxyAutoDiscovery'),
    http: proxy('HTTP', 'http'),
    https: proxy('HTTPS', 'http'),
    socks: proxy('SOCKS', 'socks5'),
    exceptions: exceptions.map(wholeNetwork).join(','),
  };
}

interface TopLevel {
  readonly values: ReadonlyMap<string, string>;
  readonly exceptions: string[];
}

function topLevelOf(output: string): TopLevel {
  const [first, ...lines] = output.trim().split(/\r?\n/, MOST_LINES);
  if (!/^<dictionary> \{/.test(first!)) throw new Error('scutil has printed no dictionary');
  const values = new Map<string, string>();
  const exceptions: string[] = [];
  /** Keys of the containers that are open. */
  const open: string[] = [];
  for (const line of lines) {
    const [, end, key, value] = LINE.exec(line) ?? [];
    if (end !== undefined) open.pop();
    else if (value === undefined) continue;
    else if (/^<(?:array|dictionary)> \{/.test(value)) open.push(key!);
    else if (open.length === 0) values.set(key!, value.trim());
    else if (open.length === 1 && open[0] === 'ExceptionsList') exceptions.push(value.trim());
  }
  return { values, exceptions };
}

/** `169.254/16` is how macOS writes `169.254.0.0/16`. */
function wholeNetwork(entry: string): string {
  const [, network, length] = /^(\d+(?:\.\d+){0,2})\/(\d+)$/.exec(entry) ?? [];
  if (network === undefined) return entry;
  const missing = 4 - network.split('.').length;
  return `${network}${'.0'.repeat(missing)}/${length}`;
}
