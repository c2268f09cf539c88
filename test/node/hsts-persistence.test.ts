/** What a manager on Node knows of HSTS hosts, across restarts and kills. Attack checklist 30. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { NetworkAccessManager, StrictTransportSecurity } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { LIST_ROUTES, NODE_TRANSPORTS } from '../support/list-bench.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { windowsFs } from '../support/windows-in-processes.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-hsts-'));
const program = path.join(root, 'client.mjs');
const authorityFile = path.join(root, 'authority.pem');
const authority = new CertificateAuthority();
const [, makeTransport] = NODE_TRANSPORTS[0]!;
const children: ChildProcess[] = [];

let server: TestServer;
beforeAll(async () => {
  const entryPoints = [path.join(import.meta.dirname, 'fixtures/hsts-client.ts')];
  await build({
    entryPoints,
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    inject: windowsFs(),
  });
  writeFileSync(authorityFile, authority.certificate);
  const identity = authority.issue({ names: ['known.test', '*.killed.test', '*.one.test', '*.other.test'] });
  server = await startServer({ routes: LIST_ROUTES, identity });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

function start(options: ManagerOptions = {}) {
  const manager = new NetworkAccessManager({
    transport: makeTransport(),
    tls: { ca: authority.certificate },
    strictTransportSecurityEnabled: true,
    ...options,
  });
  const faults: Error[] = [];
  manager.on('faultOccurred', (fault) => faults.push(fault));
  const hosts = (): string[] => manager.strictTransportSecurityHosts().map(({ host }) => host);
  return { manager, faults, hosts };
}

const freshDirectory = (): string => mkdtempSync(path.join(root, 'store-'));
const known = (host: string) => ({ host, expiry: Date.now() + 600_000, includeSubDomains: false });
const learn = (manager: NetworkAccessManager): Promise<unknown> =>
  manager.get(`https://known.test:${server.port}/sts/200?value=max-age%3D600`).completed;

describe('a restart', () => {
  test('what one manager has learned, the next one knows; its first request waits for the store', async () => {
    const directory = freshDirectory();
    const first = start();
    expect(first.manager.isStrictTransportSecurityStoreEnabled).toBe(false);
    await first.manager.enableStrictTransportSecurityStore(true, directory);
    expect(first.manager.isStrictTransportSecurityStoreEnabled).toBe(true);
    await learn(first.manager);
    await first.manager.close();
    expect(readdirSync(directory)).toContain('hsts.json');

    const second = start();
    const enabled = second.manager.enableStrictTransportSecurityStore(true, directory);
    const reply = second.manager.get(`http://known.test:${server.port}/hello`);
    expect(await reply.text()).toBe('hello');
    expect(reply.url).toMatch(/^https:/);
    await enabled;
    await second.manager.close();
    expect([...first.faults, ...second.faults]).toEqual([]);
  });

  // Where Windows is acted out, the paths that Node makes are still those of the real system.
  test.skipIf(windowsFs().length > 0)('the usual place is the user’s cache directory', async () => {
    const directory = freshDirectory();
    for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, directory);
    try {
      const { manager } = start();
      await manager.enableStrictTransportSecurityStore(true);
      manager.addStrictTransportSecurityHosts([known('a.test')]);
      await manager.close();
      const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
      const file = names.find((name) => name.endsWith('hsts.json'));
      expect(readFileSync(path.join(directory, file!), 'utf8')).toContain('"a.test"');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('a file that is none of ours is set aside and told; requests go on, and the next start knows all', async () => {
    const directory = freshDirectory();
    writeFileSync(path.join(directory, 'hsts.json'), '{"format":');
    const first = start();
    const enabled = first.manager.enableStrictTransportSecurityStore(true, directory);
    await learn(first.manager);
    await enabled;
    expect(first.faults.map(({ message }) => message)).toEqual([expect.stringContaining('hsts.json')]);
    expect(readdirSync(directory).some((name) => name.startsWith('hsts.json.corrupt-'))).toBe(true);
    await first.manager.close();
    const second = start();
    await second.manager.enableStrictTransportSecurityStore(true, directory);
    expect(second.hosts()).toEqual(['known.test']);
    await second.manager.close();
  });
});

describe('switching', () => {
  test('off: hosts stay known and the file as it is; another directory: both have all', async () => {
    const [one, other] = [freshDirectory(), freshDirectory()];
    const { manager, hosts, faults } = start();
    await manager.enableStrictTransportSecurityStore(true, one);
    manager.addStrictTransportSecurityHosts([known('a.test')]);
    await manager.enableStrictTransportSecurityStore(true, other);
    manager.addStrictTransportSecurityHosts([known('b.test')]);
    await manager.enableStrictTransportSecurityStore(false);
    manager.addStrictTransportSecurityHosts([known('c.test')]);
    await manager.close();
    expect(hosts()).toEqual(['a.test', 'b.test', 'c.test']);
    const content = (directory: string): string => readFileSync(path.join(directory, 'hsts.json'), 'utf8');
    expect(content(one)).toContain('a.test');
    expect(content(one)).not.toContain('b.test');
    expect(content(other)).toMatch(/a\.test[\s\S]*b\.test/);
    expect(content(other)).not.toContain('c.test');
    expect(faults).toEqual([]);
  });

  test('a manager that closes leaves a part that others share, and the store that it had opened for it', async () => {
    const part = new StrictTransportSecurity();
    const first = start({ strictTransportSecurity: part });
    const second = start({ strictTransportSecurity: part });
    await first.manager.enableStrictTransportSecurityStore(true, freshDirectory());
    const directory = freshDirectory();
    await second.manager.enableStrictTransportSecurityStore(true, directory);
    await first.manager.close();
    expect(part.storeEnabled).toBe(true);
    second.manager.addStrictTransportSecurityHosts([known('a.test')]);
    await second.manager.close();
    expect(part.storeEnabled).toBe(false);
    expect(readFileSync(path.join(directory, 'hsts.json'), 'utf8')).toContain('a.test');
    part.addHosts([known('b.test')]);
    await part.flush();
    expect([...first.faults, ...second.faults]).toEqual([]);
  });

  test('a store that cannot be written is a fault that the manager tells', async () => {
    const file = path.join(freshDirectory(), 'file');
    writeFileSync(file, '');
    const { manager, faults } = start();
    await manager.enableStrictTransportSecurityStore(true, path.join(file, 'directory'));
    await learn(manager);
    await manager.close();
    expect(faults.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('could not be written'),
    );
  });
});

describe('processes', () => {
  /** A process that learns one host after another. */
  function spawn(directory: string, domain: string): ChildProcess {
    const child = fork(program, [directory, domain, String(server.port), authorityFile]);
    children.push(child);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** The hosts that a manager finds in a directory, by number. */
  async function numbersIn(directory: string, domain: string): Promise<number[]> {
    const { manager, faults, hosts } = start();
    await manager.enableStrictTransportSecurityStore(true, directory);
    const mine = hosts().filter((host) => host.endsWith(`.${domain}`));
    await manager.close();
    expect(faults).toEqual([]);
    return mine.map((host) => Number(/^host-(\d+)\./.exec(host)![1])).sort((a, b) => a - b);
  }

  /** Resolves when a file holds all those names; looks with every host that one of the processes has learned. */
  function stored(directory: string, names: readonly string[], ...processes: readonly ChildProcess[]) {
    const file = path.join(directory, 'hsts.json');
    return new Promise<void>((resolve) => {
      const look = (): void => {
        const content = existsSync(file) ? readFileSync(file, 'utf8') : '';
        if (names.every((name) => content.includes(name))) resolve();
      };
      for (const child of processes) child.on('message', look);
    });
  }

  test('kill -9 at any instant: what is there is whole, and nothing that was there before is lost', async () => {
    const directory = freshDirectory();
    for (const last of [0, 3, 11]) {
      const child = spawn(directory, 'killed.test');
      await stored(directory, [`"host-${last}.killed.test"`], child);
      await kill(child);
      const numbers = await numbersIn(directory, 'killed.test');
      expect(numbers).toEqual(numbers.map((_, i) => i));
      expect(numbers.length).toBeGreaterThan(last);
    }
  });

  test('two that learn at once merge', async () => {
    const directory = freshDirectory();
    const pair = [spawn(directory, 'one.test'), spawn(directory, 'other.test')];
    await stored(directory, ['"host-9.one.test"', '"host-9.other.test"'], ...pair);
    await Promise.all(pair.map(kill));
    for (const domain of ['one.test', 'other.test']) {
      expect((await numbersIn(directory, domain)).slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });
});
