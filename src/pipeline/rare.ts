/** What few requests of a page need: loaded together, with the first that does. */
export { timeoutStage } from '../timeout/stage.ts';
export { openScheme, preconnect } from '../transport/open-scheme.ts';
export { requirementsStage } from '../transport/requirements-stage.ts';
