import { lazily } from '../util/lazily.ts';

export const loadRare = lazily(() => import('./rare.ts'));
