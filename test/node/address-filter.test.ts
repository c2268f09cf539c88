import type { LookupFunction } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager, publicAddressesOnly } from '../../platform/node/index.ts';
import { NetworkAccessManager as PortableManager } from '../../platform/portable/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import type { AddressFilter, AddressUse } from '../../src/options/address-filter.ts';
import { Cleanup } from '../support/listening.ts';
import { startServer, type TestServer } from '../support/server.ts';

const cleanup = new Cleanup();
let server: TestServer;

beforeEach(async () => {
  server = await startServer();
  cleanup.add(() => server.close());
});

function managerWith(options: ManagerOptions, lookup?: LookupFunction): NetworkAccessManager {
  const manager = new NetworkAccessManager({
    ...options,
    ...(lookup === undefined ? {} : { transport: new SocketTransport({ lookup }) }),
  });
  cleanup.add(() => manager.close());
  return manager;
}

/** Every name has these addresses. */
const lookupOf =
  (...addresses: string[]): LookupFunction =>
  (_host, _options, callback) =>
    (callback as (error: null, found: object[]) => void)(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

const REFUSED = { code: 'content-access-denied', qtCode: 201 };

describe('publicAddressesOnly', () => {
  test.each([
    ['a literal', (port: number) => `http://127.0.0.1:${port}/hello`],
    ['a number', (port: number) => `http://2130706433:${port}/hello`],
    ['hexadecimal', (port: number) => `http://0x7f.1:${port}/hello`],
    ['this machine', (port: number) => `http://0.0.0.0:${port}/hello`],
    ['IPv6', (port: number) => `http://[::1]:${port}/hello`],
    ['IPv4-mapped', (port: number) => `http://[::ffff:127.0.0.1]:${port}/hello`],
    ['a name', (port: number) => `http://localhost:${port}/hello`],
    ['TLS', (port: number) => `https://127.0.0.1:${port}/hello`],
  ])('%s of the loopback interface: nothing is connected', async (_, url) => {
    const manager = managerWith({ addressFilter: publicAddressesOnly });
    await expect(manager.get(url(server.port)).text()).rejects.toMatchObject(REFUSED);
    expect(server.connections).toBe(0);
  });

  test('a name that leads there, by fetch and ahead', async () => {
    const manager = managerWith({ addressFilter: publicAddressesOnly }, lookupOf('127.0.0.1', '::1'));
    const url = `http://public.test:${server.port}/hello`;
    await expect(manager.get(url).text()).rejects.toMatchObject({
      ...REFUSED,
      url,
      message: expect.stringMatching(/addressFilter.*127\.0\.0\.1, ::1 of public\.test/),
    });
    await expect(manager.fetch(url)).rejects.toMatchObject({ cause: REFUSED });
    await expect(manager.connectToHost('public.test', server.port).completed).rejects.toMatchObject(REFUSED);
    expect(server.connections).toBe(0);
  });

  test.skipIf(process.platform === 'win32')('a local socket', async () => {
    const manager = managerWith({ addressFilter: publicAddressesOnly });
    const url = 'unix+http://%2Frun%2Fdocker.sock/info';
    await expect(manager.get(url).text()).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('the local socket /run/docker.sock'),
    });
  });
});

describe('addressFilter', () => {
  test('is asked with each address and what it is for', async () => {
    const asked: [string, AddressUse][] = [];
    const addressFilter: AddressFilter = (address, use) => {
      asked.push([address, use]);
      return true;
    };
    const manager = managerWith({ addressFilter }, lookupOf('127.0.0.1', '::1'));
    expect(await manager.get(`http://name.test:${server.port}/hello`).text()).toBe('hello');
    const use = { host: 'name.test', port: server.port, via: 'direct' };
    expect(asked).toEqual([
      ['127.0.0.1', use],
      ['::1', use],
    ]);
  });

  test('only what it allows is connected to', async () => {
    const manager = managerWith(
      { addressFilter: (address) => address === '127.0.0.1' },
      lookupOf('127.0.0.2', '127.0.0.1', '::1'),
    );
    const reply = manager.get(`http://name.test:${server.port}/hello`);
    let attempts = 0;
    reply.on('socketStartedConnecting', () => attempts++);
    expect(await reply.text()).toBe('hello');
    expect(attempts).toBe(1);
  });

  test('holds on each hop of a redirect', async () => {
    const other = await startServer();
    const away = await startServer({
      routes: {
        away: ({ response }) => void response.writeHead(302, { location: `${other.origin}/hello` }).end(),
      },
    });
    for (const one of [other, away]) cleanup.add(() => one.close());
    const manager = managerWith({ addressFilter: (_address, { port }) => port === away.port });
    const reply = manager.get(`${away.origin}/away`);
    await expect(reply.text()).rejects.toMatchObject({ ...REFUSED, url: `${other.origin}/hello` });
    expect(other.connections).toBe(0);
  });

  test.each<[string, AddressFilter]>([
    ['false', () => false],
    ['a promise', (async () => true) as unknown as AddressFilter],
    ['undefined', (() => undefined) as unknown as AddressFilter],
    ['1', (() => 1) as unknown as AddressFilter],
  ])('%s is a no', async (_, addressFilter) => {
    const manager = managerWith({ addressFilter });
    await expect(manager.get(`${server.origin}/hello`).text()).rejects.toMatchObject(REFUSED);
    expect(server.connections).toBe(0);
  });

  test('so is what it throws', async () => {
    const cause = new Error('no list');
    const manager = managerWith({
      addressFilter: () => {
        throw cause;
      },
    });
    await expect(manager.get(`${server.origin}/hello`).text()).rejects.toMatchObject({ ...REFUSED, cause });
  });

  test('a connection that was opened without it, or under another one, is not used', async () => {
    const transport = new SocketTransport();
    cleanup.add(() => transport.close());
    const free = new NetworkAccessManager({ transport });
    expect(await free.get(`${server.origin}/hello`).text()).toBe('hello');
    const guarded = new NetworkAccessManager({ transport, addressFilter: publicAddressesOnly });
    await expect(guarded.get(`${server.origin}/hello`).text()).rejects.toMatchObject(REFUSED);
    guarded.addressFilter = () => true;
    expect(await guarded.get(`${server.origin}/hello`).text()).toBe('hello');
    guarded.addressFilter = null;
    expect(await guarded.get(`${server.origin}/hello`).text()).toBe('hello');
    expect(server.connections).toBe(2);
  });

  test('of a transport holds for all its managers', async () => {
    const transport = new SocketTransport({ addressFilter: publicAddressesOnly });
    const manager = new NetworkAccessManager({ transport, addressFilter: () => true });
    cleanup.add(() => manager.close());
    await expect(manager.get(`${server.origin}/hello`).text()).rejects.toMatchObject(REFUSED);
  });

  test('is refused by what does not see addresses', async () => {
    const transport = new NodeHttpTransport();
    const missing = { code: 'protocol-invalid-operation', capability: 'addresses' };
    for (const manager of [
      managerWith({ transport, addressFilter: publicAddressesOnly }),
      new PortableManager({ addressFilter: publicAddressesOnly }),
    ]) {
      await expect(manager.get(`${server.origin}/hello`).text()).rejects.toMatchObject(missing);
    }
    expect(server.connections).toBe(0);
  });

  test('has to be a function', () => {
    expect(() => managerWith({ addressFilter: ['10.0.0.0/8'] as never })).toThrow(
      "option 'addressFilter': expected a function, or null",
    );
  });
});
