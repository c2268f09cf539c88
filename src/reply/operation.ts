/** Qt: `QNetworkAccessManager::Operation`. All but `custom` are named after what goes over the wire. */
export type Operation = 'head' | 'get' | 'put' | 'post' | 'delete' | 'custom';

/** The operation that a verb really is: a custom verb of a known name is that operation, in any case, as in Qt. */
export function operationOf(verb: string): Operation {
  const lower = String(verb).toLowerCase();
  return /^(head|get|put|post|delete)$/.test(lower) ? (lower as Operation) : 'custom';
}
