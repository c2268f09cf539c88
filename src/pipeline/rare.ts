/** What few requests of a page need: loaded together, with the first that does. */
export { timeoutStage } from '../timeout/stage.ts';
export { openScheme, preconnect } from '../transport/open-scheme.ts';
export { checkRequirements } from '../transport/requirements-stage.ts';
