/** Not every engine has it, nor every type library. */
type Capturing = { readonly captureStackTrace?: (error: object, below: unknown) => void };

/**
 * The promise, whose failure shows the line that waits for it: an error that is made when a socket fails has nothing but
 * the socket's callbacks in its stack. Costs nothing but a turn while nothing fails, and is no async function: what one of
 * these keeps, each request that waits would keep.
 */
export function tracedToCaller<Value>(promise: Promise<Value>): Promise<Value> {
  return promise.then(undefined, failAtCaller);
}

function failAtCaller(error: unknown): never {
  showCaller(error, failAtCaller);
  throw error;
}

/** Replaces the stack of an error by the one that is here, from the caller of `below` on. For what a promise calls before it fails. */
export function showCaller(error: unknown, below: unknown): void {
  if (error instanceof Error) (Error as Capturing).captureStackTrace?.(error, below);
}
