import { describe, expect, test } from 'vitest';
import { PRELOADED_TOP_LEVEL_DOMAINS } from '../../src/hsts/preloaded.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import {
  DEFAULT_OPTIONS,
  DEFAULT_SETTINGS,
  resolveManagerOptions,
  resolveRequestOptions,
} from '../../src/resolve-options.ts';

const request = (options: object) =>
  resolveRequestOptions({ url: 'http://h.test/', ...options }, DEFAULT_OPTIONS);
const manager = (options: object) => resolveManagerOptions(options, DEFAULT_SETTINGS);

const NAMES = Object.keys({ ...DEFAULT_OPTIONS, ...DEFAULT_SETTINGS });

describe('options of a request', () => {
  test('win over the defaults; nothing set shares the defaults themselves', () => {
    expect(request({ transferTimeout: 5, priority: 'high' })).toMatchObject({
      transferTimeout: 5,
      priority: 'high',
      redirectPolicy: 'no-less-safe',
    });
    expect(request({})).toBe(DEFAULT_OPTIONS);
    expect(request({ transferTimeout: undefined })).toBe(DEFAULT_OPTIONS);
  });

  test.each([
    ['unknown', { nonsense: 1 }, "unknown option 'nonsense'"],
    ['of the manager only', { connectionsPerHost: 2 }, "unknown option 'connectionsPerHost'"],
    ['negative', { transferTimeout: -1 }, "option 'transferTimeout': expected a whole number"],
    ['not whole', { readBufferSize: 1.5 }, "option 'readBufferSize'"],
    ['not a number', { maximumRedirectsAllowed: '5' }, "option 'maximumRedirectsAllowed'"],
    ['not one of', { redirectPolicy: 'always' }, 'expected one of manual, no-less-safe'],
    ['truthy', { autoDeleteReplies: 1 }, "option 'autoDeleteReplies': expected true or false"],
    ['no signal', { signal: {} }, "option 'signal'"],
    ['not a field name', { secretHeaders: ['a b'] }, "option 'secretHeaders'"],
    ['not an origin', { trustedRedirectOrigins: ['example.com'] }, "option 'trustedRedirectOrigins'"],
    ['a host and port', { trustedRedirectOrigins: ['localhost:3000'] }, "option 'trustedRedirectOrigins'"],
    ['not a URL', { siteForCookies: 'example.com' }, "option 'siteForCookies': expected a URL"],
    ['null where it has no meaning', { priority: null }, "option 'priority'"],
    ['__proto__', JSON.parse('{"__proto__": 1}'), "unknown option '__proto__'"],
    ['constructor', { constructor: 1 }, "unknown option 'constructor'"],
  ])('%s is a TypeError that names the option', (_name, options, message) => {
    expect(() => request(options)).toThrow(TypeError);
    expect(() => request(options)).toThrow(message);
  });

  test('inherited properties are never read', () => {
    const options = Object.create({ transferTimeout: 5 });
    options.url = 'http://h.test/';
    expect(resolveRequestOptions(options, DEFAULT_OPTIONS).transferTimeout).toBe(0);
  });

  test('a polluted Object.prototype configures nothing', () => {
    const prototype = Object.prototype as Record<string, unknown>;
    try {
      for (const name of NAMES) prototype[name] = 'polluted';
      expect(request({ priority: 'low' })).toEqual({ ...DEFAULT_OPTIONS, priority: 'low' });
      expect(manager({})).toBe(DEFAULT_SETTINGS);
    } finally {
      for (const name of NAMES) delete prototype[name];
    }
  });

  test('the result is frozen and the secret names are lower-case', () => {
    const options = request({ secretHeaders: ['X-Key'] });
    expect(Object.isFrozen(options)).toBe(true);
    expect(Object.isFrozen(options.secretHeaders)).toBe(true);
    expect(options.secretHeaders).toEqual(['x-key']);
  });
});

describe('options of a manager', () => {
  test('fields and schemes are normalised', () => {
    const open = () => new Response('x');
    const options = manager({ headers: { 'X-A': '1' }, schemes: { app: { open } } });
    expect(options.headers).toBeInstanceOf(HttpHeaders);
    expect([...options.schemes.keys()]).toEqual(['app']);
    expect([...manager({ schemes: new Map([['app', { open }]]) }).schemes.keys()]).toEqual(['app']);
  });

  test('fields that all requests share cannot be changed in place', () => {
    const mine = new HttpHeaders({ 'x-a': '1' });
    const { headers } = manager({ headers: mine });
    expect(() => headers.set('x-a', '2')).toThrow(TypeError);
    expect(() => DEFAULT_SETTINGS.headers.set('authorization', 'of one manager')).toThrow(TypeError);
    expect(mine.set('x-a', '2').get('x-a')).toBe('2');
    expect(headers.get('x-a')).toBe('1');
  });

  test.each([
    ['a handler without open', { schemes: { app: {} } }, "the handler of 'app' has no method open()"],
    ['a name that is no scheme', { schemes: { 'App:': { open() {} } } }, 'is not a scheme'],
    ['too many connections', { connectionsPerHost: 256 }, '1 to 255'],
    ['no connection', { maximumConnections: 0 }, 'from 1 to Infinity'],
    ['half a jar', { cookieJar: { cookiesForUrl() {} } }, "option 'cookieJar'"],
    ['no cache', { cache: {} }, "option 'cache'"],
    ['no proxy', { proxy: 3128 }, "option 'proxy': expected a proxy, its URL or a word"],
    ['no factory', { proxyFactory: 'http://proxy.test' }, "option 'proxyFactory'"],
    ['no transport', { transport: { send() {} } }, "option 'transport'"],
    ['a request option', { priority: 'high' }, "unknown option 'priority'"],
    ['a bad field', { headers: { 'a b': 'c' } }, 'is not a field name'],
    ['a bad agent', { userAgent: 'a\r\nX: y' }, 'userAgent'],
    ['an agent that is no text', { userAgent: 5 }, "option 'userAgent'"],
    ['a domain that is not top-level', { preloadedTopLevelDomains: ['a.dev'] }, 'top-level domains'],
    ['a top-level domain with its dot', { preloadedTopLevelDomains: ['.dev'] }, 'top-level domains'],
    ['a top-level domain that is no A-label', { preloadedTopLevelDomains: ['みんな'] }, 'as A-labels'],
    ['a number for a top-level domain', { preloadedTopLevelDomains: ['127'] }, 'top-level domains'],
  ])('%s is refused', (_name, options, message) => {
    expect(() => manager(options)).toThrow(TypeError);
    expect(() => manager(options)).toThrow(message);
  });

  test('top-level domains are lower-case', () => {
    expect(manager({ preloadedTopLevelDomains: ['DEV'] }).preloadedTopLevelDomains).toEqual(['dev']);
    expect(
      manager({ preloadedTopLevelDomains: PRELOADED_TOP_LEVEL_DOMAINS }).preloadedTopLevelDomains,
    ).toEqual(PRELOADED_TOP_LEVEL_DOMAINS);
  });

  test('Infinity is no limit', () => {
    expect(manager({ maximumConnections: Number.POSITIVE_INFINITY }).maximumConnections).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});
