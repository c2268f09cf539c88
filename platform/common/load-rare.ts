import { lazily } from '../../src/util/lazily.ts';

export const loadRare = lazily(() => import('./fetch-rare.ts'));
