/** What few replies of a page need (fetch, iteration, prepared answers, schemas): loaded together, with the first that does. */
export { conform } from './conform.ts';
export { fetchThrough } from './fetch-through.ts';
export { respondWith } from './prepared-answer.ts';
export { responseOf } from './response-of.ts';
