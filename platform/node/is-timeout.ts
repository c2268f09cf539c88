import type { NetworkError } from '../../src/error.ts';

/** Whether a request was given up because time has passed: the manager's timeout, or an `AbortSignal.timeout()`. */
export function isTimeout({ code, cause }: NetworkError): boolean {
  return code === 'timeout' || (cause as Partial<Error> | null | undefined)?.name === 'TimeoutError';
}
