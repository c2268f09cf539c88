/** Retries that a manager may make at once, and what a request that needed none gives back. */
const CAPACITY = 20;
const PER_SUCCESS = 0.1;

/**
 * The retries that all requests of a manager have together: a bucket that each retry takes from and each success fills a
 * little. A server that is down gets a tenth more requests than without retries, and not three times as many.
 *
 * Source: gRPC, https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
 */
export class RetryBudget {
  #tokens = CAPACITY;

  /** Takes one retry. False when there is none left. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  succeeded(): void {
    this.#tokens = Math.min(CAPACITY, this.#tokens + PER_SUCCESS);
  }
}
