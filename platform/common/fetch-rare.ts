/** What few requests need to become an init of fetch: loaded together, with the first that does. */
export { chunksOf } from '../../src/message/chunks-of.ts';
export { encodeFormData } from '../../src/message/form-data.ts';
export { dataThroughFetch } from './data-through-fetch.ts';
export { openFetch } from './open-fetch.ts';
