/** In a real Electron: windows under sandbox and context isolation, frames, reloads, crashes, utility processes. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../support/certificate.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { findElectron } from './find-electron.ts';
import { BUILT_PRELOAD, type Outcome, runApp } from './run-app.ts';
import { trustingHome } from './trusting-home.ts';

const binary = findElectron();
const authority = new CertificateAuthority('An authority of the system');
const home = binary === null ? null : trustingHome(authority.certificate);
if (home === null) console.log('Electron: an authority of the system is skipped, there is no certutil');
if (binary === null) console.log('Electron: skipped, its binary cannot be had');
else if (!existsSync(BUILT_PRELOAD))
  console.log('Electron: its published preload is skipped, it is not built');

describe.skipIf(binary === null)('Electron', () => {
  let server: TestServer;
  let trusted: TestServer;
  let stranger: TestServer;
  let outcomes: Readonly<Record<string, Outcome>>;
  beforeAll(async () => {
    server = await startServer();
    trusted = await startServer({ identity: authority.issue() });
    stranger = await startServer({ identity: new CertificateAuthority('A stranger').issue() });
    const servers = JSON.stringify({ trusted: trusted.origin, stranger: stranger.origin });
    outcomes = await runApp(binary!, server.origin, {
      FAIRLEAD_SERVERS: servers,
      ...(home === null ? {} : { HOME: home.path }),
    });
  }, 300_000);
  afterAll(async () => {
    home?.remove();
    await Promise.all([server, trusted, stranger].map((one) => one?.close()));
  });

  const whatCameOf = (name: string): unknown => {
    const outcome = outcomes[name];
    if (outcome !== undefined && 'value' in outcome) return outcome.value;
    throw new Error(`${name}: ${outcome?.error ?? 'did not run'}`);
  };
  const notShared = (origin: string): string => `the manager is not shared with ${origin}`;
  const GONE = { before: 1, underWay: 0, ended: 'lost' };

  test('a page makes requests with the manager of the main process', () => {
    expect(whatCameOf('requests')).toMatchObject({
      signals: { text: 'hello', status: 200, isSame: true },
      fetch: [200, `${server.origin}/echo`, 'GET'],
      download: 20_000_000,
      upload: '3000000',
      missing: expect.stringContaining('content-not-found'),
      abort: expect.stringContaining('operation-canceled'),
      ended: 'lost',
      ports: 1,
      underWay: 0,
    });
  });

  const isBuilt = existsSync(BUILT_PRELOAD);
  test.skipIf(!isBuilt)('the preload script that is published works under sandbox and isolation', () => {
    expect(whatCameOf('builtPreload')).toEqual({ text: 'hello', ports: 1 });
  });

  test('a page under sandbox and isolation sees the hand-over and nothing else', () => {
    expect(whatCameOf('exposed')).toEqual({
      exposed: ['expect'],
      require: 'undefined',
      process: 'undefined',
    });
  });

  test('what the policy does not allow is refused and told with the origin of the frame', () => {
    expect(whatCameOf('refusedByPolicy')).toEqual({
      file: expect.stringContaining('rule schemes'),
      loopback: expect.stringContaining('rule addresses'),
      rules: ['schemes MAIN', 'addresses MAIN'],
    });
  });

  test('a page of a file has the origin file://', () => {
    expect(whatCameOf('pageOfFile')).toEqual({ text: 'hello', refused: [] });
  });

  test('a page of another origin is not served, and is told why', () => {
    expect(whatCameOf('otherOrigin')).toEqual({
      text: expect.stringMatching(new RegExp(`^content-access-denied.*${notShared('OTHER')}$`)),
      refused: ['the manager is not shared with OTHER'],
      ports: 0,
    });
  });

  test('each frame has a port of its own; one of another origin has none', () => {
    expect(whatCameOf('frames')).toEqual({
      own: 'hello',
      same: 'hello',
      ports: 2,
      foreign: expect.stringContaining(`${notShared('OTHER')} in a frame of MAIN`),
      after: 2,
    });
  });

  test('a page that is framed by another origin is not served', () => {
    expect(whatCameOf('framedByAnother')).toEqual({
      text: expect.stringContaining(notShared('MAIN')),
      refused: ['the manager is not shared with MAIN in a frame of OTHER'],
    });
  });

  test('a sandboxed frame has no origin, and is not served', () => {
    expect(whatCameOf('opaqueFrame')).toEqual({
      text: expect.stringContaining(notShared('null')),
      refused: ['the manager is not shared with null in a frame of MAIN'],
    });
  });

  test('a frame that navigates loses its port', () => {
    expect(whatCameOf('frameNavigates')).toEqual({ before: 1, ports: 0, ended: 'lost' });
  });

  test('a page that changes its URL within itself keeps its port', () => {
    expect(whatCameOf('withinPage')).toEqual({ ports: 1, underWay: 1, text: 'hello' });
  });

  test('a policy may be a function of the frame', () => {
    expect(whatCameOf('functionOfFrame')).toEqual({
      top: expect.stringContaining(notShared('MAIN')),
      framed: 'hello',
      facts: [
        { url: 'MAIN/top', origin: 'MAIN', ancestorOrigins: [] },
        { url: 'OTHER/framed', origin: 'OTHER', ancestorOrigins: ['MAIN'] },
      ],
    });
  });

  test('a frame has one port: another one takes its place', () => {
    expect(whatCameOf('onePortPerFrame')).toEqual({
      ports: 1,
      ending: expect.stringContaining('operation-canceled'),
      ended: 'lost',
    });
  });

  test('a message that was not announced brings no port', () => {
    expect(whatCameOf('forged')).toEqual({ seen: ['forged'], text: 'hello', connected: 1, refused: [] });
  });

  test.each(['reload', 'navigate', 'crash', 'destroyed'])(
    '%s in mid-stream ends everything of the page',
    (name) => {
      expect(whatCameOf(name)).toMatchObject(GONE);
    },
  );

  test('a page that was reloaded connects again', () => {
    expect(whatCameOf('afterReload')).toEqual({ text: 'hello', ports: 1 });
  });

  test('the main process stops sharing', () => {
    expect(whatCameOf('ownerCloses')).toEqual({
      ending: expect.stringContaining('operation-canceled'),
      listeners: 0,
    });
  });

  test('nothing listens to a window of which no frame is served', () => {
    expect(whatCameOf('listeners')).toEqual({ more: 4, left: 0 });
  });

  test('a utility process makes requests', () => {
    expect(whatCameOf('utility')).toEqual({ text: 'hello', sent: '3000000' });
  });

  test('a utility process that is killed has gone away', () => {
    expect(whatCameOf('utilityKilled')).toEqual({ code: 'network-session-failed', ended: 'lost' });
  });

  test('the jar of a manager and the cookies of a session are the same', () => {
    expect(whatCameOf('cookies')).toEqual({
      // A jar has a character for each octet.
      both: 'before=1; a=jar; b=\xc3\xa9',
      sent: 'before=1; a=jar; b=é',
      left: ['b', 'before'],
      told: ['a=jar explicit', 'b=é explicit', expect.stringMatching(/^a=/)],
    });
  });

  test('every kind of cookie comes from the jar to the session, and not back', () => {
    expect(whatCameOf('cookiesOfJar')).toEqual({
      held: [
        '=of no name h.example/ default session',
        '__Host-h=1 h.example/ secure default session',
        'all=1 h.example/p secure httpOnly strict 10 days',
        'deep=1 .h.example/p default 10 days',
        // As Chromium writes a path. The jar keeps what the server has said.
        'dots=1 h.example/b default session',
        'empty= h.example/ default session',
        'far=1 h.example/ default 400 days',
        'lax=1 h.example/ lax session',
        'none=1 h.example/ secure none session',
        'plain=1 h.example/ default session',
        'quoted="a b" h.example/ default session',
        'space=1 h.example/a%20b default session',
        'sub=1 .h.example/ default session',
      ],
      isSame: true,
      // Set, and removed.
      faults: [expect.stringContaining('attribute size'), expect.stringContaining('attribute size')],
      left: [],
    });
  });

  test('what a window is given, changes, loses and has cleared comes to the jar, until that is stopped', () => {
    expect(whatCameOf('cookiesOfSession')).toEqual({
      atStart: ['early=1 h.example/ httpOnly lax 10 days'],
      came: [
        'early=1 h.example/ httpOnly lax 10 days',
        'none=1 h.example/ secure none session',
        'plain=1 h.example/ default session',
        'strict=1 h.example/ strict 10 days',
        'sub=1 .h.example/p lax session',
      ],
      value: '2',
      left: ['early', 'strict', 'sub'],
      end: [],
    });
  });

  test('two that keep the same jar and session the same do not answer each other', () => {
    expect(whatCameOf('cookiesTwice')).toEqual({ more: 0, isFew: true, held: 2 });
  });

  test('a manager over the network of a session: its cookies, our redirects and challenges', () => {
    expect(whatCameOf('chromiumNetwork')).toEqual({
      // The lines of Set-Cookie that a redirect has are not seen, and are in the session all the same.
      home: 'session=1;',
      hops: [302],
      stored: ['b', 'session'],
      elsewhere: 0,
      basic: 'welcome',
      digest: 'welcome',
      fields: 'session=1; b=2 SITE/a?b gr\xc3\xbc',
      withoutCookies: '- - -',
      refused: [
        expect.stringContaining('the request field cookie: not possible here, net (Electron)'),
        expect.stringContaining('the value of x-text is no UTF-8, and Chromium sends nothing else'),
        expect.stringContaining('tls: not possible here, net (Electron)'),
        expect.stringContaining('cannot be streamed here'),
        expect.stringMatching(/^content-not-found: .*the response is not in the cache/),
      ],
    });
  });

  test('the authorities of the system are those by which Chromium accepts a server', () => {
    const { first, again, stranger, reached } = whatCameOf('certificates') as Record<string, unknown>;
    // The bundled ones, and that one.
    const unknown = expect.stringMatching(
      /^ssl-handshake-failed: .*issued by .*: net::ERR_CERT_AUTHORITY_INVALID/,
    );
    expect(first).toEqual(home === null ? unknown : 2);
    expect(again).toMatch(/^ssl-handshake-failed: Chromium has judged .* before/);
    expect(stranger).toEqual(unknown);
    expect(reached).toEqual([home === null ? 'ssl-handshake-failed' : 'hello', 'ssl-handshake-failed']);
  });

  test('a proxy of a session is answered by the listener of the manager', () => {
    expect(whatCameOf('proxyOfSession')).toEqual({
      silent: expect.stringContaining('proxy-authentication-required'),
      text: 'by proxy http://h.example/asked',
      asked: [[true, 'basic', 'gate', true, 1]],
    });
  });

  test('proxies are those of Chromium', () => {
    expect(whatCameOf('proxies')).toEqual([[['http', 'proxy.example', 3128]], [['none', null, null]]]);
  });
});
