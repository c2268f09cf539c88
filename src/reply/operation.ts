/** Qt: `QNetworkAccessManager::Operation`. All but `custom` are named after what goes over the wire. */
export type Operation = 'head' | 'get' | 'put' | 'post' | 'delete' | 'custom';

/** What goes over the wire for each. */
export const METHODS: ReadonlyMap<string, string> = new Map(
  ['head', 'get', 'put', 'post', 'delete'].map((operation) => [operation, operation.toUpperCase()]),
);

/** The operation that a verb really is: a custom verb of a known name is that operation, in any case, as in Qt. */
export function operationOf(verb: string): Operation {
  const lower = String(verb).toLowerCase();
  return METHODS.has(lower) ? (lower as Operation) : 'custom';
}
