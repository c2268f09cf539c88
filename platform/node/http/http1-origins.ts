/** Those that asked last are kept: one that was forgotten asks again. */
const MOST_ORIGINS = 256;

/**
 * Origins that speak HTTP/2 and have asked for HTTP/1.1 (RFC 9113 §7, HTTP_1_1_REQUIRED), so that not every connection has
 * to be told anew.
 */
export class Http1Origins {
  readonly #origins = new Set<string>();

  has(origin: string): boolean {
    return this.#origins.has(origin);
  }

  add(origin: string): void {
    this.#origins.delete(origin);
    this.#origins.add(origin);
    if (this.#origins.size > MOST_ORIGINS) this.#origins.delete(this.#origins.values().next().value!);
  }

  clear(): void {
    this.#origins.clear();
  }
}
