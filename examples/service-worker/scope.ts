/**
 * What the example uses of the global scope of a service worker. A project of its own would have `"lib": ["WebWorker"]`
 * instead; this one is compiled for pages, too, and both together contradict each other.
 */
export interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LifecycleEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

interface LifecycleEvent {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** The scope in which the script runs. */
export const worker = (): Scope => globalThis as unknown as Scope;
