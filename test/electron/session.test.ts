/** What a manager takes from a session of a real Electron and gives it: cookies, network, proxies, certificates. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../support/certificate.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { findElectron } from './find-electron.ts';
import { type Outcomes, runApp } from './run-app.ts';
import { trustingHome } from './trusting-home.ts';

const binary = findElectron();
const authority = new CertificateAuthority('An authority of the system');
const home = binary === null ? null : trustingHome(authority.certificate);
if (binary === null) console.log('a session of Electron: skipped, its binary cannot be had');
else if (home === null) console.log('Electron: an authority of the system is skipped, there is no certutil');

describe.skipIf(binary === null)('a session of Electron', () => {
  let server: TestServer;
  let trusted: TestServer;
  let stranger: TestServer;
  let outcomes: Outcomes;
  beforeAll(async () => {
    server = await startServer();
    trusted = await startServer({ identity: authority.issue() });
    stranger = await startServer({ identity: new CertificateAuthority('A stranger').issue() });
    const servers = JSON.stringify({ trusted: trusted.origin, stranger: stranger.origin });
    outcomes = await runApp(binary!, 'session', server.origin, {
      FAIRLEAD_SERVERS: servers,
      ...(home === null ? {} : { HOME: home.path }),
    });
  }, 300_000);
  afterAll(async () => {
    home?.remove();
    await Promise.all([server, trusted, stranger].map((one) => one?.close()));
  });

  const whatCameOf = (name: string): unknown => outcomes.of(name);

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

  test('a crash of Chromium’s network process ends nothing', () => {
    const { faults, ...outcome } = whatCameOf('cookiesAfterCrash') as { readonly faults: readonly string[] };
    expect(outcome).toEqual({ isAfter: true, back: true });
    // What was under way when it crashed.
    expect(faults.length).toBeLessThanOrEqual(1);
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
