/**
 * The asynchronous context of a caller (Node's AsyncLocalStorage, TC39's AsyncContext), to come back to from what many
 * share: a connection, a queue, a response that several wait for. Without it, what is called from there runs in the context
 * of whoever opened the connection, and one user's id ends up in another one's log.
 *
 * The shape is that of Node's AsyncResource, which is one.
 */
export interface AsyncContext {
  /** Calls it in the context. What it throws or returns is passed on. */
  runInAsyncScope<Value>(run: () => Value): Value;
}
