import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';

/** Answers a `data:` or `blob:` URL where the fetch of the platform reads it itself. */
export async function openThroughFetch({ method, url, headers }: HttpRequest): Promise<Response> {
  try {
    return await globalThis.fetch(url.href, { method, headers: [...headers] });
  } catch (cause) {
    const message = `the ${url.scheme}: URL is malformed or gone, or a policy of the page forbids it`;
    throw new NetworkError('protocol-failure', message, { cause });
  }
}
