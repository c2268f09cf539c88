import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileStore } from '../../platform/node/files/file-store.ts';
import { StrictTransportSecurity } from '../../src/hsts/strict-transport-security.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-hsts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What one process has: its own memory and its own store on the file. */
async function start(file: string) {
  const faults: Error[] = [];
  const onFault = (fault: Error): void => {
    faults.push(fault);
  };
  const security = new StrictTransportSecurity();
  const store = new FileStore({ file, onFault });
  await security.enableStore(store, onFault);
  const end = async (): Promise<void> => {
    await security.disableStore();
    await store.close();
  };
  return { security, faults, end };
}

test('known hosts survive a restart, and two processes merge', async () => {
  const file = path.join(root, 'merge', 'hsts.json');
  const one = await start(file);
  const other = await start(file);
  one.security.note(['max-age=600; includeSubDomains'], 'one.test');
  other.security.note(['max-age=600'], 'other.test');
  await Promise.all([one.end(), other.end()]);

  const restarted = await start(file);
  expect(restarted.security.shouldUpgrade('a.one.test')).toBe(true);
  expect(restarted.security.shouldUpgrade('other.test')).toBe(true);
  expect([...one.faults, ...other.faults, ...restarted.faults]).toEqual([]);
  await restarted.end();
});

test('what one process learns or unlearns, the other knows', async () => {
  const file = path.join(root, 'watch', 'hsts.json');
  const one = await start(file);
  const other = await start(file);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise(setImmediate);
  };
  one.security.note(['max-age=600'], 'a.test');
  await until(() => other.security.shouldUpgrade('a.test'));
  other.security.note(['max-age=0'], 'a.test');
  await until(() => !one.security.shouldUpgrade('a.test'));
  await Promise.all([one.end(), other.end()]);
});

test('an unreadable file is set aside and reported, and does not hold requests up', async () => {
  const directory = mkdtempSync(path.join(root, 'corrupt-'));
  const file = path.join(directory, 'hsts.json');
  writeFileSync(file, '[General]\nnot=ours');
  const { security, faults, end } = await start(file);
  expect(faults).toHaveLength(1);
  expect(readdirSync(directory).some((name) => name.startsWith('hsts.json.corrupt-'))).toBe(true);
  security.note(['max-age=600'], 'a.test');
  await end();
  const restarted = await start(file);
  expect(restarted.security.shouldUpgrade('a.test')).toBe(true);
  await restarted.end();
});
