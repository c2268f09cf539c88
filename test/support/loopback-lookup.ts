import type { LookupFunction } from 'node:net';

/** Every name is this machine. */
export const loopbackLookup: LookupFunction = (_host, { all }, callback) =>
  all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4);
