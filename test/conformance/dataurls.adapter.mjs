// For ../shared/conformance/dataurls-run.mjs: the manager's fetch.
import { NetworkAccessManager } from '../../dist/internal.js';

export const meta = { name: 'fairlead' };

export const createFetch = () => new NetworkAccessManager().fetch;
