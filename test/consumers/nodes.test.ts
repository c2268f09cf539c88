import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type HelloServer, startHelloServer } from './server.ts';

const { directory, nodes } = inject('consumer');
const run = promisify(execFile);

let server: HelloServer;
beforeAll(async () => {
  server = await startHelloServer();
});
afterAll(() => server.close());

const versions = Object.keys(nodes);

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'all Nodes that are promised are here',
  () => {
    const majors = versions.map((version) => version.split('.')[0]);
    expect(majors).toEqual(expect.arrayContaining(['v22', 'v24', 'v26']));
  },
);

describe.each(versions)('Node %s', (version) => {
  test.each(['session.mjs', 'session.cjs'])('%s', async (file) => {
    const { stdout, stderr } = await run(nodes[version]!, [file, `${server.origin}/hello`], {
      cwd: directory,
    });
    expect(stderr).toBe('');
    const session = JSON.parse(stdout) as { text: string; names: string[]; extras: string[] };
    expect(session.text).toBe('hello');
    expect(session.names).toContain('NetworkAccessManager');
    expect(session.extras.length).toBeGreaterThan(0);
  });
});

describe('every adapter set', () => {
  const load = (file: string): Promise<Record<string, unknown>> =>
    import(pathToFileURL(join(directory, 'node_modules/fairlead/dist', file)).href);
  const names = async (file: string) =>
    Object.keys(await load(file))
      .filter((name) => name !== 'default' && name !== 'module.exports')
      .sort();

  test.each([
    'browser/index.js',
    'portable/index.js',
    'node/index.cjs',
    'browser/index.cjs',
    'portable/index.cjs',
  ])('exports the same names: %s', async (file) => {
    expect(await names(file)).toEqual(await names('node/index.js'));
  });

  test.each(['portable/index.js', 'portable/index.cjs'])('%s makes a request', async (file) => {
    const { NetworkAccessManager } = (await load(file)) as typeof import('../../platform/portable/index.ts');
    const manager = new NetworkAccessManager();
    expect(await manager.get(`${server.origin}/hello`).text()).toBe('hello');
    await manager.close();
  });
});
