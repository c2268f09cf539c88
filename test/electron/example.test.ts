/** `examples/electron` in a real Electron, by its buttons. */
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startDemoServer } from '../../examples/electron/demo-server.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { findElectron } from './find-electron.ts';
import { runExample } from './run-app.ts';

const binary = findElectron();
const cleanup = new Cleanup();

describe.skipIf(binary === null)('the example', () => {
  test('lists, logs in, downloads with progress and goes offline', { timeout: 60_000 }, async () => {
    const demo = await startDemoServer();
    const control = createServer((_, response) => {
      demo.close();
      response.end();
    });
    await cleanup.listen(control);
    const servers = { api: demo.origin, control: `http://127.0.0.1:${portOf(control)}` };
    expect(await runExample(binary!, servers)).toEqual({
      before: expect.stringContaining('content-access-denied'),
      wrong: expect.stringContaining('content-access-denied'),
      status: '3 notes',
      notes: expect.stringMatching(/Buy rope.*Tide.*Charts/),
      cookie: '',
      size: '4000000 bytes',
      progress: 1,
      offline: 'offline: what was there last',
      kept: expect.stringMatching(/Buy rope.*Tide.*Charts/),
      refused: expect.stringContaining('connection-refused'),
      listeners: 1,
    });
  });
});
