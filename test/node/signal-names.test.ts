/** A signal that there is not is refused wherever there are signals. */
import { afterAll, describe, expect, test } from 'vitest';
import { connect, serve } from '../../platform/node/bridge.ts';
import { download } from '../../platform/node/extras.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';

const manager = new NetworkAccessManager();
const extended = manager.extend();
const { port1, port2 } = new MessageChannel();
serve(manager, port1);
const client = connect(port2);
const reply = manager.get('data:,hello');
const remote = client.get('https://h.test/');
const downloaded = download(manager, 'data:,hello', { to: '/nowhere/at/all' });
for (const one of [reply, remote, downloaded]) one.completed.catch(() => {});
afterAll(async () => {
  await client.close();
  await extended.close();
  await manager.close();
});

describe.each([
  ['a manager', manager],
  ['one that extends it', extended],
  ['a client', client],
  ['a reply', reply],
  ['a reply of a client', remote],
  ['a download', downloaded],
] as const)('%s', (_name, object) => {
  test.each(['on', 'once', 'off'] as const)('%s', (method) => {
    const call = object[method] as unknown as (...args: unknown[]) => unknown;
    const listener = (): void => {};
    expect(() => call.call(object, 'finishd', listener)).toThrow(
      "no signal 'finishd'; did you mean 'finished'?",
    );
    for (const name of ['constructor', '__proto__', 'data', 'error', ''])
      expect(() => call.call(object, name, listener), name).toThrow(TypeError);
    expect(() => call.call(object, 'finished', undefined)).toThrow('must be a function');
    expect(call.call(object, 'finished', listener)).toBe(object);
  });
});
