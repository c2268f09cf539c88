/**
 * The `tldts` package, loaded with the first question: its tables take longer than everything of ours, and most programs
 * never ask. This is a CommonJS module because only `require` answers at once in both of our formats and is followed by
 * bundlers.
 */
let tldts = null;

exports.getDomain = function getDomain(host, options) {
  tldts ??= require('tldts');
  return tldts.getDomain(host, options);
};
