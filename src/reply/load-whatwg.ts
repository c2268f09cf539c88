import { lazily } from '../util/lazily.ts';

export const loadWhatwg = lazily(() => import('./whatwg.ts'));
