import { describe, expect, test } from 'vitest';
import { privateKind } from '../../../../platform/bridge/policy/addresses.ts';
import { judgeRequest } from '../../../../platform/bridge/policy/judge-request.ts';
import { type BridgePolicyInput, resolvePolicy } from '../../../../platform/bridge/policy/policy.ts';
import { ClientRate, Quota } from '../../../../platform/bridge/policy/quota.ts';
import type { RequestMessage } from '../../../../platform/bridge/protocol.ts';
import { systemClock } from '../../../../src/util/clock.ts';
import { parseUrl } from '../../../../src/util/url.ts';

describe('what is not of the public internet', () => {
  test.each([
    'localhost',
    'a.localhost',
    'localhost.',
    'router',
    'printer.local',
    'db.internal',
    'nas.home.arpa',
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::127.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:a9fe:a9fe::1]',
    // What publicAddressesOnly knows, too.
    '168.63.129.16',
    '[64:ff9b:1::a9fe:a9fe]',
    '[2001::1]',
  ])('%s', (host) => expect(privateKind(parseUrl(`http://${host}/`).hostname)).not.toBeNull());

  test.each([
    'example.com',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '[2606:4700::1111]',
    '[64:ff9b::8.8.8.8]',
    'local.example',
  ])('but not %s', (host) => expect(privateKind(parseUrl(`http://${host}/`).hostname)).toBeNull());
});

type Said = Partial<Pick<RequestMessage, 'method' | 'headers' | 'options'>>;
function ruleFor(url: string, policy: BridgePolicyInput, said: Said = {}): string | null {
  const message: RequestMessage = {
    type: 'request',
    id: 1,
    method: 'GET',
    url,
    headers: [],
    options: {},
    body: null,
    ...said,
  };
  return judgeRequest(message, parseUrl(url), resolvePolicy(policy))?.rule ?? null;
}

const SITE = 'https://example.com/';
const ONE = { origins: [{ origin: 'https://example.com', methods: ['GET'] }] };

describe('a request', () => {
  test.each<[string, string | null, string, BridgePolicyInput?, Said?]>([
    ['to a public site', null, SITE],
    ['of a file', 'schemes', 'file:///etc/passwd'],
    ['of data', 'schemes', 'data:,x'],
    ['to a local socket', 'schemes', 'unix+http://%2Ftmp%2Fs/'],
    ['to a scheme of the application', 'schemes', 'app://x/'],
    ['that only opens a connection', null, 'preconnect-https://example.com:443'],
    ['that only opens one to this machine', 'addresses', 'preconnect-http://0x7f.1:80'],
    ['that opens one to open one', 'schemes', 'preconnect-preconnect-https://example.com:443'],
    ['that does so without end', 'schemes', `${'preconnect-'.repeat(50_000)}https://example.com`],
    ['to an origin with a slash behind it', null, SITE, { origins: [SITE] }],
    [
      'to a host that is listed in another spelling',
      null,
      'http://xn--fsq.local/',
      { addresses: ['例.LOCAL'] },
    ],
    ['to a v4 address of a mapped range', null, 'http://10.1.1.1/', { addresses: ['::ffff:10.0.0.0/104'] }],
    ['to a mapped address of a v4 range', null, 'http://[::ffff:10.1.1.1]/', { addresses: ['10.0.0.0/8'] }],
    ['of data that is allowed', null, 'data:,x', { schemes: ['data'] }],
    ['to this machine', 'addresses', 'http://127.0.0.1:8080/'],
    [
      'to this machine, by its origin',
      null,
      'http://127.0.0.1:8080/',
      { origins: ['http://127.0.0.1:8080'] },
    ],
    ['to another port of it', 'origins', 'http://127.0.0.1:81/', { origins: ['http://127.0.0.1:8080'] }],
    ['to a private range that is listed', null, 'http://10.1.1.1/', { addresses: ['10.0.0.0/8'] }],
    ['to one beside it', 'addresses', 'http://172.16.1.1/', { addresses: ['10.0.0.0/8'] }],
    ['to a host that is listed', null, 'http://localhost/', { addresses: ['localhost'] }],
    ['to a v6 range that is listed', null, 'http://[fd00::5]/', { addresses: ['fc00::/7'] }],
    ['to an origin that is not listed', 'origins', 'https://other.test/', ONE],
    ['with the method that is listed for it', null, SITE, ONE],
    ['with another', 'methods', SITE, ONE, { method: 'POST' }],
    ['TRACE', 'methods', SITE, {}, { method: 'TRACE' }],
    ['track', 'methods', SITE, {}, { method: 'track' }],
    ['with a method that is not among all', 'methods', SITE, { methods: ['GET'] }, { method: 'PUT' }],
    ['with userinfo', 'urlCredentials', 'https://a:b@example.com/'],
    ['with userinfo that is allowed', null, 'https://a:b@example.com/', { urlCredentials: true }],
    ['with Cookie', 'fields', SITE, {}, { headers: ['cookie', 'a=b'] }],
    ['with Host', 'fields', SITE, {}, { headers: ['Host', 'x'] }],
    ['with Sec-Fetch-Site', 'fields', SITE, {}, { headers: ['sec-fetch-site', 'none'] }],
    ['with Proxy-Authorization', 'fields', SITE, {}, { headers: ['proxy-authorization', 'x'] }],
    ['with Authorization', null, SITE, {}, { headers: ['authorization', 'x'] }],
    [
      'with a field that is denied',
      'fields',
      SITE,
      { deniedFields: ['X-Internal-*'] },
      { headers: ['x-internal-id', '1'] },
    ],
    ['with Origin that is allowed', null, SITE, { allowedFields: ['Origin'] }, { headers: ['origin', 'x'] }],
    [
      'that hides TRACE in a field',
      'fields',
      SITE,
      {},
      { headers: ['x-http-method-override', 'GET, trace'] },
    ],
    ['that says PUT in a field', null, SITE, {}, { headers: ['x-http-method-override', 'PUT'] }],
    ['with a priority', null, SITE, {}, { options: { priority: 'low' } }],
    ['with retry', null, SITE, {}, { options: { retry: true } }],
    ['with a proxy', 'options', SITE, {}, { options: { proxy: 'none' } }],
    ['with TLS material', 'options', SITE, {}, { options: { tls: null } }],
    ['with TLS material that is granted', null, SITE, { options: ['tls'] }, { options: { tls: null } }],
    ['for another site’s cookies', 'options', SITE, {}, { options: { siteForCookies: 'https://bank.test' } }],
    ['with credentials of a page', 'options', SITE, {}, { options: { useCredentials: true } }],
    ['that lets bombs pass', 'options', SITE, {}, { options: { decompressedSafetyCheckThreshold: -1 } }],
    [
      'that trusts other origins',
      'options',
      SITE,
      {},
      { options: { trustedRedirectOrigins: ['https://x.test'] } },
    ],
    ['with a proxy', 'options', SITE, {}, { options: { proxy: 'http://x.test' } as never }],
  ])('%s: %s', (_name, rule, url, policy = {}, said = {}) => {
    expect(ruleFor(url, policy, said)).toBe(rule);
  });
});

test.each<[BridgePolicyInput, RegExp]>([
  [{ origin: [] } as never, /did you mean 'origins'/],
  [{ origins: ['nonsense'] }, /'origins'/],
  // No origin has a path, and none is left out without a word.
  [{ origins: ['https://a.test/api'] }, /'origins'/],
  [{ origins: ['https://a.test/?x'] }, /'origins'/],
  [{ origins: ['https://user@a.test'] }, /'origins'/],
  [{ origins: [{ origin: 'https://a.test/api' }] }, /'origins.origin'/],
  [{ origins: [{ origin: 'https://a.test', method: ['GET'] } as never] }, /did you mean 'origins.methods'/],
  [{ addresses: ['localhost:3000'] }, /'addresses'/],
  [{ addresses: ['http://localhost'] }, /'addresses'/],
  [{ addresses: ['10.0.0.0/33'] }, /'addresses'/],
  [{ addresses: ['10.0.0.0/'] }, /'addresses'/],
  [{ deniedFields: ['X-Internal *'] }, /'deniedFields'/],
  [{ options: ['useCredential' as never] }, /'options'/],
  [{ options: ['constructor' as never] }, /'options'/],
  [{ questions: ['sslError' as never] }, /'questions': expected an array of questions, of .*sslErrors/],
  [{ origins: [{ origin: 'https://a.test', methods: ['get'] }] }, /'origins.methods'/],
  [{ maximumRequests: 0 }, /'maximumRequests'/],
  [{ questions: 'all' as never }, /'questions'/],
])('the policy %o is a TypeError', (policy, sentence) => {
  expect(() => resolvePolicy(policy)).toThrow(TypeError);
  expect(() => resolvePolicy(policy)).toThrow(sentence);
});

test('a polluted Object.prototype allows nothing', () => {
  Object.assign(Object.prototype, { schemes: ['file'], addresses: ['127.0.0.1'], urlCredentials: true });
  try {
    expect(ruleFor('file:///x', {})).toBe('schemes');
    expect(ruleFor('http://127.0.0.1/', {})).toBe('addresses');
    expect(ruleFor('https://a:b@example.com/', {})).toBe('urlCredentials');
  } finally {
    for (const name of ['schemes', 'addresses', 'urlCredentials'])
      Reflect.deleteProperty(Object.prototype, name);
  }
});

test('a quota counts what runs, and what is asked in a second', () => {
  let now = 0;
  const clock = { ...systemClock, monotonic: () => now };
  const policy = resolvePolicy({ maximumRequests: 2, requestsPerSecond: 4 });
  const quota = new Quota(policy, new ClientRate(clock));
  const begin = (): string | null => quota.begin()?.rule ?? null;
  expect([begin(), begin(), begin()]).toEqual([null, null, 'maximumRequests']);
  const again = (): string | null => {
    quota.end();
    return begin();
  };
  expect([again(), again(), again()]).toEqual([null, null, 'requestsPerSecond']);
  now += 250;
  expect([begin()]).toEqual([null]);
  quota.end();
  expect(begin()).toBe('requestsPerSecond');
  now += 60_000;
  expect([begin(), again(), again(), again(), again()]).toEqual([
    null,
    null,
    null,
    null,
    'requestsPerSecond',
  ]);
});
