/** Not every engine has it, nor every type library. */
type Capturing = { readonly captureStackTrace?: (error: object, below: unknown) => void };

/**
 * Rejects the promise that it is called for, with the line that waits for that one in the error's stack: an error that is made
 * when a socket fails has nothing but the socket's callbacks there. Costs nothing while nothing fails.
 */
export function failAtCaller(error: unknown): never {
  showCaller(error, failAtCaller);
  throw error;
}

/** Replaces the stack of an error by the one that is here, from the caller of `below` on. For what a promise calls before it fails. */
export function showCaller(error: unknown, below: unknown): void {
  if (error instanceof Error) (Error as Capturing).captureStackTrace?.(error, below);
}
