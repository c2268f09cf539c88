/** What few requests of a page need: loaded together, with the first that does. */

export { takeOver } from '../queue/take-over.ts';
export { replyWire } from '../reply/wire.ts';
export { assemble } from './assemble.ts';
export { fetchStages } from './fetch.ts';
