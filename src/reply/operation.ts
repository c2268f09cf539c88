/** Qt: `QNetworkAccessManager::Operation`. */
export type Operation = 'head' | 'get' | 'put' | 'post' | 'delete' | 'custom';

/** What goes over the wire for each. */
export const METHODS: Readonly<Record<Exclude<Operation, 'custom'>, string>> = {
  head: 'HEAD',
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
};

/** The operation that a verb really is: a custom verb of a known name is that operation, in any case, as in Qt. */
export function operationOf(verb: string): Operation {
  const lower = String(verb).toLowerCase();
  return Object.hasOwn(METHODS, lower) ? (lower as Operation) : 'custom';
}
