/** What few requests of a page need: loaded together, with the first that does. */
export { longWay } from './long-way.ts';
