/** What few replies of a page need (fetch, prepared answers): loaded together, with the first that does. */
export { fetchThrough } from './fetch-through.ts';
export { respondWith } from './prepared-answer.ts';
export { makeResponse } from './response.ts';
