import type { HttpRequest } from '../../../../src/call/request.ts';
import { NetworkError } from '../../../../src/error.ts';
import { isRetrieval } from '../../../../src/message/methods.ts';
import type { Priority } from '../../../../src/options/options.ts';
import { withoutFragment } from '../../../../src/util/url.ts';
import { fetchCacheMode } from '../../../common/fetch-cache.ts';

const PRIORITIES: Readonly<Record<Priority, string>> = { high: 'highest', normal: 'medium', low: 'lowest' };

/**
 * A request as Electron's `net` takes it, without its fields and its body.
 * @throws NetworkError protocol-invalid-operation for what Chromium's cache has no mode for, and for a GET with a body
 */
export function requestOptions({ method, url, body, options, parts }: HttpRequest): object {
  const { href } = url;
  const cache = fetchCacheMode(options, parts?.isCached === true, true);
  if (cache === null) {
    throw new NetworkError(
      'protocol-invalid-operation',
      `net: Chromium's cache cannot be told cacheLoadControl '${options.cacheLoadControl}' for this request`,
      { url: href, capability: 'platformCache' },
    );
  }
  if (body !== null && isRetrieval(method))
    throw new NetworkError('protocol-invalid-operation', `net: ${method} cannot have a body`, { url: href });
  return {
    method,
    url: withoutFragment(url),
    redirect: 'manual',
    credentials: options.cookieLoadControl === 'manual' ? 'omit' : 'include',
    cache,
    priority: PRIORITIES[options.priority],
    // A Referer that is set is meant: Chromium would shorten it.
    referrerPolicy: 'unsafe-url',
  };
}

/**
 * Its fields, each name once. A value is octets, one for each character; Chromium takes a text and sends it as UTF-8.
 * @throws NetworkError protocol-invalid-operation for octets that are no UTF-8
 */
export function requestFields({ headers, url }: HttpRequest): [name: string, value: string][] {
  const names = new Set([...headers].map(([name]) => name));
  return [...names].map((name) => [name, asText(name, headers.get(name)!, url.href)]);
}

function asText(name: string, value: string, url: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch (cause) {
    throw new NetworkError(
      'protocol-invalid-operation',
      `net: the value of ${name} is no UTF-8, and Chromium sends nothing else`,
      { url, cause, capability: 'forbiddenFields' },
    );
  }
}
