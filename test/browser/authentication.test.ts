/** Who asks, in a page: Digest and Bearer, where another origin shows its challenge; Basic is the browser's own. */
import { afterEach, describe, expect, inject, test } from 'vitest';
import { Authentication, type ManagerOptions, NetworkAccessManager } from '../../platform/browser/index.ts';

const elsewhere = inject('server');
const account = { user: 'user', password: 'pass' };
const managers: NetworkAccessManager[] = [];
afterEach(() => Promise.all(managers.splice(0).map((manager) => manager.close())));

const page = (options: ManagerOptions = {}): NetworkAccessManager => {
  const manager = new NetworkAccessManager({ authentication: new Authentication(), ...options });
  managers.push(manager.on('faultOccurred', () => {}));
  return manager;
};

/** A resource that nobody has asked for, and how often it was. */
function resource(name: string, more = ''): { readonly url: string; requests(): Promise<number> } {
  const id = crypto.randomUUID();
  const requests = async (): Promise<number> =>
    ((await (await fetch(`${elsewhere}/journal?of=${id}`)).json()) as { readonly requests: number }).requests;
  return { url: `${elsewhere}/closed/${name}?id=${id}${more}`, requests };
}

test.each(['MD5', 'SHA-256', 'SHA-512-256'])(
  'Digest with %s is asked for once, and sent unasked from then on',
  async (name) => {
    const { url, requests } = resource(name);
    const asked: string[] = [];
    const manager = page().on('authenticationRequired', async (_, authenticator) => {
      asked.push(`${authenticator.scheme} ${authenticator.realm} ${authenticator.origin}`);
      await Promise.resolve();
      Object.assign(authenticator, account);
    });
    const texts = [1, 2, 3].map(() => manager.post(url, 'body').text());
    expect(await Promise.all(texts)).toEqual(['welcome', 'welcome', 'welcome']);
    const before = await requests();
    expect(await manager.get(url).text()).toBe('welcome');
    expect(await requests()).toBe(before + 1);
    expect(asked).toEqual([`digest closed ${elsewhere}`]);
  },
);

test('a token that has expired is renewed once for all', async () => {
  const { url } = resource('bearer');
  let renewals = 0;
  const credentials = async (): Promise<{ token: string }> => {
    renewals++;
    await Promise.resolve();
    return { token: 'right' };
  };
  const manager = page({ credentials });
  const texts = [1, 2, 3].map(() => manager.get(url).text());
  expect(await Promise.all(texts)).toEqual(['welcome', 'welcome', 'welcome']);
  expect(renewals).toBe(1);
});

describe('nobody is asked, and the 401 is the answer', () => {
  test.each([
    ['where the other origin does not show its challenge', 'SHA-256', '&hidden'],
    ['for Basic, which the browser keeps to itself', 'basic', ''],
  ])('%s', async (_, name, more) => {
    const { url } = resource(name, more);
    const manager = page({ credentials: () => expect.unreachable() });
    manager.on('authenticationRequired', () => expect.unreachable());
    await expect(manager.get(url).text()).rejects.toMatchObject({
      code: 'authentication-required',
      status: 401,
    });
  });

  test('without the part, which is what is refused then', async () => {
    const { url } = resource('SHA-256');
    const manager = page({ authentication: null });
    manager.on('authenticationRequired', () => expect.unreachable());
    await expect(manager.get(url).text()).rejects.toMatchObject({ code: 'authentication-required' });
    expect(() => page({ authentication: null, credentials: () => account })).toThrow(
      'set authentication to a new Authentication()',
    );
  });
});

test('a page speaks neither NTLM nor Negotiate, and says so', () => {
  expect(() => page({ integratedAuthenticationHosts: ['intra.test'] })).toThrow(/not spoken here/);
  expect(() => page({ authenticationSchemes: ['negotiate'] })).toThrow(/spoken here/);
});
