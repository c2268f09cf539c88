/** What speaks fetch: loaded together, when an application does. */
export { fetchThrough } from './fetch-through.ts';
export { makeResponse } from './response.ts';
