import type { RequestOptions } from '../options.ts';
import type { HttpRequest } from '../pipeline/stage.ts';

/**
 * Options that neither the stages look at, the queue's apart, nor a transport. Whatever else is set may mean something; of
 * those that mean nothing, the common ones are enough.
 */
const INDIFFERENT: readonly string[] = [
  'throwHttpErrors',
  'priority',
  'readBufferSize',
  'signal',
  'connectionsPerHost',
  'headers',
] satisfies readonly (keyof RequestOptions)[];

/** Fields that no platform keeps to itself, and that mean nothing to us. There are others, which are looked at closely. */
const COMMON_FIELD = /^(accept|authorization|content-type|x-.*)$/;

/**
 * Whether a request asks for nothing but that it is sent: none of the rules that a transport which does the rest by itself
 * leaves to us can change or refuse it. What is not plain may turn out to need nothing all the same.
 */
export function isPlain(
  { url, method, headers, body, options }: HttpRequest,
  defaults: RequestOptions,
): boolean {
  return (
    /^https?$/.test(url.scheme) &&
    (body === null ? !/^TRAC[EK]$/i.test(method) : body.bytes !== null && /^P(OST|UT|ATCH)$/.test(method)) &&
    (Object.keys(defaults) as (keyof RequestOptions)[]).every(
      (name) => options[name] === defaults[name] || INDIFFERENT.includes(name),
    ) &&
    [...headers].every(([name]) => COMMON_FIELD.test(name))
  );
}
