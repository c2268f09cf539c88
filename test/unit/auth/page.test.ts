/** The part that is set, in a page's manager over a fetch of ours, and shared on Node. */
import { afterEach, expect, test } from 'vitest';
import { Authentication, NetworkAccessManager } from '../../../platform/browser/index.ts';
import { FetchTransport } from '../../../platform/common/fetch-transport.ts';
import { browserCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { NodeHttpTransport } from '../../../platform/node/http-module-transport/node-http-transport.ts';
import {
  Authentication as AuthenticationOfNode,
  NetworkAccessManager as ManagerOfNode,
} from '../../../platform/node/index.ts';
import { DigestVerifier } from '../../support/digest-server.ts';

const PAGE = 'https://page.test';
const account = { user: 'user', password: 'pass' };

const managers: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(managers.splice(0).map((manager) => manager.close())));

/** A manager of a page, and what its fetch was asked with. */
function page(challenge: () => string, isRight: (field: string, target: string) => boolean) {
  const sent: (string | null)[] = [];
  const fetch = async (target: string | Request, init: RequestInit): Promise<Response> => {
    const field = new Headers(init.headers).get('authorization');
    sent.push(field);
    const { pathname, search } = new URL(String(target));
    if (field !== null && isRight(field, pathname + search)) return new Response('welcome');
    return new Response('refused', { status: 401, headers: { 'www-authenticate': challenge() } });
  };
  const manager = new NetworkAccessManager({
    transport: new FetchTransport(fetch, { ...browserCapabilities(), pageOrigin: PAGE }),
    authentication: new Authentication(),
    credentials: { [PAGE]: account },
  });
  managers.push(manager);
  return { manager, sent };
}

test('a page with the part answers Digest, and from then on unasked', async () => {
  const verifier = new DigestVerifier({ ...account, algorithm: 'SHA-512-256', qop: 'auth' });
  const { manager, sent } = page(
    () => verifier.challenge(),
    (field, target) => verifier.refusal(field, 'GET', target) === null,
  );
  expect(await manager.get(`${PAGE}/a?b`).text()).toBe('welcome');
  expect(await manager.get(`${PAGE}/c`).text()).toBe('welcome');
  expect(sent.map((field) => field?.split(' ')[0] ?? null)).toEqual([null, 'Digest', 'Digest']);
});

test('Basic is left to the browser', async () => {
  const { manager, sent } = page(
    () => 'Basic realm="x"',
    () => true,
  );
  await expect(manager.get(PAGE).text()).rejects.toMatchObject({ code: 'authentication-required' });
  expect(sent).toEqual([null]);
});

test('a page without the part is refused what only it could do', () => {
  expect(() => new NetworkAccessManager({ credentials: { [PAGE]: account } })).toThrow(
    "option 'credentials': set authentication to a new Authentication(), too",
  );
  expect(() => new NetworkAccessManager({ authenticationSchemes: ['digest'] })).toThrow(
    "option 'authenticationSchemes': set authentication to a new Authentication(), too",
  );
});

test.each([
  [{ authenticationSchemes: ['digest', 'mutual'] as never }, /'authenticationSchemes': .*spoken here/],
  [{ authenticationSchemes: ['SECRET'] as never }, /^option 'authenticationSchemes': (?!.*SECRET)/],
  [{ integratedAuthenticationHosts: ['https://intra.test'] }, /'integratedAuthenticationHosts': .*hosts/],
  [{ integratedAuthenticationHosts: ['*.intra.test:8443'] }, /'integratedAuthenticationHosts': .*hosts/],
  [{ integratedAuthenticationHosts: ['intra.*'] }, /'integratedAuthenticationHosts': .*hosts/],
])('%j, which would have no effect, is refused in words', (options, words) => {
  expect(() => new ManagerOfNode(options)).toThrow(words);
  expect(() => new NetworkAccessManager({ ...options, authentication: new Authentication() })).toThrow(words);
  managers.push(new ManagerOfNode({ authenticationSchemes: ['digest'], integratedAuthenticationHosts: [] }));
});

test('a pattern that would let strangers in is refused, and those that are documented are taken', () => {
  const make = (host: string) => () =>
    managers.push(new ManagerOfNode({ integratedAuthenticationHosts: [host] }));
  expect(make('*intra.test')).toThrow(/'integratedAuthenticationHosts': .*hosts/);
  for (const host of ['*', '*.Intra.test', 'intra.test', 'intra.test:8443', '[::1]', '[::1]:8443'])
    expect(make(host)).not.toThrow();
});

test('a page speaks no NTLM and no Negotiate', () => {
  const authentication = new Authentication();
  const make = (options: object) => () => new NetworkAccessManager({ ...options, authentication });
  for (const scheme of ['ntlm', 'negotiate', 'socks5'])
    expect(make({ authenticationSchemes: [scheme] })).toThrow(/'authenticationSchemes': .*spoken here/);
  expect(make({ integratedAuthenticationHosts: ['intra.test'] })).toThrow(
    /NTLM and Negotiate are not spoken/,
  );
  expect(() => new Authentication({ securityContext: () => null })).toThrow(/Negotiate is not spoken here/);
});

test('neither does a transport that keeps no connection for a handshake, whenever it is set', () => {
  const transport = new NodeHttpTransport();
  const integratedAuthenticationHosts = ['intra.test'];
  expect(() => new ManagerOfNode({ transport, integratedAuthenticationHosts })).toThrow(
    /'integratedAuthenticationHosts': .*transport node:http .*NTLM/,
  );
  const manager = new ManagerOfNode({ integratedAuthenticationHosts });
  managers.push(manager);
  expect(() => {
    manager.transport = transport;
  }).toThrow(/'integratedAuthenticationHosts': /);
  expect(() => managers.push(new ManagerOfNode({ transport }))).not.toThrow();
});

test('managers take a part that they share, and nothing that is none', () => {
  const authentication = new AuthenticationOfNode();
  for (let i = 0; i < 2; i++) {
    const manager = new ManagerOfNode({ authentication });
    managers.push(manager);
    expect(manager.authentication).toBe(authentication);
  }
  expect(() => new ManagerOfNode({ authentication: {} as never })).toThrow("option 'authentication'");
});
