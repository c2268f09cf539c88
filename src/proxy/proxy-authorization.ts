import type { ProxyServer } from '../call/route.ts';
import { toBase64 } from '../util/base64.ts';
import { encodeUtf8 } from '../util/utf8.ts';

/**
 * The fields that go to a proxy with each request that it sees: those that were set for it, and its credentials as Basic
 * (RFC 7617, UTF-8) unless Proxy-Authorization is among them. Whoever writes a password into a proxy's URL wants it sent,
 * and a proxy that asks for it first costs a connection.
 */
export function proxyFields(proxy: ProxyServer): readonly string[] {
  const { fields, user, password } = proxy;
  if (user === '' && password === '') return fields;
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === 'proxy-authorization') return fields;
  const credentials = toBase64(encodeUtf8(`${user}:${password}`));
  return [...fields, 'proxy-authorization', `Basic ${credentials}`];
}
