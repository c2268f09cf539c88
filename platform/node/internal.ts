/** For conformance adapters and tests of the built code. Built as `dist/internal.js`, in no `exports`, not published. */
export { NetworkAccessManager } from './index.ts';
