import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';

/** Answers a `data:` URL where the fetch of the platform reads it itself. */
export async function dataThroughFetch({ method, url }: HttpRequest): Promise<Response> {
  try {
    return await globalThis.fetch(url.href, { method });
  } catch (cause) {
    const message = 'the data: URL is malformed, or a policy of the page forbids it';
    throw new NetworkError('protocol-failure', message, { cause });
  }
}
