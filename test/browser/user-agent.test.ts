import { expect, inject, test } from 'vitest';
import { server } from 'vitest/browser';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import type { Echo } from '../support/server/routes.ts';

// What the words of the option say; an engine that changes its mind fails here.
test('the option userAgent is sent, but by Chromium', async () => {
  const manager = new NetworkAccessManager({ userAgent: 'mine/1' });
  const { fields } = (await manager.get(`${inject('server')}/echo`).json()) as Echo;
  const agents = fields.filter(([name]) => name.toLowerCase() === 'user-agent').map(([, value]) => value);
  if (server.browser === 'chromium') expect(agents[0]).toMatch(/^Mozilla/);
  else expect(agents).toEqual(['mine/1']);
  await manager.close();
});
