/** What few requests of a page need: loaded together, with the first that does. */
export { takeOver } from '../queue/stage.ts';
export { assemble } from './assemble.ts';
export { fetchStages } from './fetch.ts';
