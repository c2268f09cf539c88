/** In a real Electron: windows under sandbox and context isolation, frames, reloads, crashes, utility processes. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { findElectron } from './find-electron.ts';
import { BUILT_PRELOAD, type Outcomes, runApp } from './run-app.ts';

const binary = findElectron();
if (binary === null) console.log('Electron: skipped, its binary cannot be had');
else if (!existsSync(BUILT_PRELOAD))
  console.log('Electron: its published preload is skipped, it is not built');

describe.skipIf(binary === null)('Electron', () => {
  let server: TestServer;
  let outcomes: Outcomes;
  beforeAll(async () => {
    server = await startServer();
    outcomes = await runApp(binary!, 'pages', server.origin);
  }, 300_000);
  afterAll(() => server?.close());

  const whatCameOf = (name: string): unknown => outcomes.of(name);
  const notShared = (origin: string): string => `the manager is not shared with ${origin}`;
  const GONE = { before: 1, underWay: 0, ended: 'lost' };

  test('a page makes requests with the manager of the main process', () => {
    expect(whatCameOf('requests')).toMatchObject({
      signals: {
        text: 'hello',
        status: 200,
        isSame: true,
        misspelt: expect.stringContaining("TypeError: connect: unknown option 'conectTimeout'"),
      },
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

  test('a page that connects and closes a hundred times in a turn has the last of its ports', () => {
    expect(whatCameOf('manyPortsInATurn')).toEqual({ text: 'hello', ports: 1 });
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

  test.each(['webContentsView', 'browserView'])(
    'a page in a %s is served, and gone when that is closed',
    (name) => {
      expect(whatCameOf(name)).toMatchObject({ text: 'hello', ...GONE });
    },
  );

  test('windows share cookies; what ends with one goes on in the others', () => {
    expect(whatCameOf('severalWindows')).toEqual({
      cookies: ['login=first', 'login=first', 'login=first'],
      ports: 3,
      lost: 'lost',
      left: 1,
      crashed: 'lost',
      text: 'hello',
      end: 1,
    });
  });

  test('a window that is not listed is not served', () => {
    expect(whatCameOf('listedWindow')).toEqual({
      listed: 'hello',
      other: expect.stringContaining('the manager is not shared with this window'),
      refused: ['the manager is not shared with this window'],
    });
  });

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
});
