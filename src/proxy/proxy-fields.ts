import type { ProxyServer } from '../call/route.ts';
import { HttpHeaders } from '../message/headers.ts';
import { encodeUtf8, toBase64 } from '../util/bytes.ts';

/**
 * The fields that go to a proxy with each request that it sees: those that were set for it, and Proxy-Authorization unless
 * that is among them.
 *
 * @param answer what answers its challenges says, null for nothing. Without it: the credentials of the proxy's URL as Basic
 * (RFC 7617, UTF-8), where nothing answers challenges
 */
export function proxyFields(proxy: ProxyServer, answer = basicOfUrl(proxy)): readonly string[] {
  return answer === null || hasOwnAuthorization(proxy)
    ? proxy.fields
    : [...proxy.fields, 'proxy-authorization', answer];
}

/** The application has set the field by hand: it is what the proxy gets, and its 407 is an answer. */
export function hasOwnAuthorization({ fields }: ProxyServer): boolean {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === 'proxy-authorization') return true;
  return false;
}

function basicOfUrl({ user, password }: ProxyServer): string | null {
  return user === '' && password === '' ? null : `Basic ${toBase64(encodeUtf8(`${user}:${password}`))}`;
}

/** Fields of a request that are for its proxy, flat; null when there are none, which is nearly always. */
export function fieldsForProxies({ pairs }: HttpHeaders): readonly string[] | null {
  let fields: string[] | null = null;
  for (let i = 0; i < pairs.length; i += 2) {
    if (!isForProxies(pairs[i]!)) continue;
    fields ??= [];
    fields.push(pairs[i]!, pairs[i + 1]!);
  }
  return fields;
}

/**
 * Fields of a request as one proxy may get them. What is in `proxy-authorization` was meant for the proxies of the first hop:
 * one that is chosen for another hop is told nothing of it.
 */
export function fieldsForHop(fields: readonly string[], isOfFirstHop: boolean): readonly string[] {
  return isOfFirstHop ? fields : fields.filter((_, i) => fields[i & ~1] !== 'proxy-authorization');
}

/** The other fields. */
export function withoutProxyFields({ pairs }: HttpHeaders): HttpHeaders {
  return HttpHeaders.adopt(pairs.filter((_, i) => !isForProxies(pairs[i & ~1]!)));
}

function isForProxies(name: string): boolean {
  return name.startsWith('proxy-');
}
