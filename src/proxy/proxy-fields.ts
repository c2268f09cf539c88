import { HttpHeaders } from '../message/headers.ts';

/** Fields of a request that are for its proxy, flat; null when there are none, which is nearly always. */
export function proxyFieldsOf({ pairs }: HttpHeaders): readonly string[] | null {
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
