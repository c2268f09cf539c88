import type { NetworkError } from '../../src/error.ts';

/** The error that a request fails with. One that does not fail fails the test. */
export const failureOf = (promise: Promise<unknown>): Promise<NetworkError> =>
  promise.then(
    () => {
      throw new Error('it has not failed');
    },
    (error: NetworkError) => error,
  );
