/** A connected client has what a manager has, by the same names; what is the owner's alone is named here. */
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { connect } from '../../../platform/node/bridge.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import { MANAGER_OPTION_NAMES } from '../../../src/resolve-options.ts';

/** How the manager is set up, which no client does. */
const OF_THE_OWNER = [
  ...MANAGER_OPTION_NAMES,
  'extend',
  'enableStrictTransportSecurityStore',
  'isStrictTransportSecurityStoreEnabled',
  // Another side of a port.
  'startRelayed',
  'isClosed',
  'settings',
  'requestOptions',
];
/** What only a client has. */
const OF_THE_CLIENT = ['ready', 'failure', 'cookies', 'cache'];

function membersOf(value: object): Set<string> {
  const names = new Set<string>();
  for (let at = value; at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  return names;
}

test('a connected client has the members of a manager', async () => {
  const { port1, port2 } = new MessageChannel();
  const client = connect(port2);
  const manager = new NetworkAccessManager();
  const [here, there] = [membersOf(client), membersOf(manager)];
  expect([...there].filter((name) => !here.has(name) && !OF_THE_OWNER.includes(name))).toEqual([]);
  expect([...here].filter((name) => !there.has(name)).sort()).toEqual(
    OF_THE_CLIENT.filter((name) => !there.has(name)).sort(),
  );
  await client.close();
  await manager.close();
  port1.close();
});
