/**
 * The optional peer `kerberos`, loaded with the first challenge of Negotiate. This is a CommonJS module because only `require`
 * is the same in both of our formats and followed by bundlers; within `try`, so that a bundler does without what is not
 * installed.
 */
exports.loadKerberos = function loadKerberos() {
  try {
    return require('kerberos');
  } catch (cause) {
    const message =
      cause.code === 'MODULE_NOT_FOUND'
        ? 'the package kerberos, which speaks to the Kerberos of the system, is not installed: npm install kerberos, or give a securityContext of your own (new Authentication({ securityContext })). It passes no channel binding, which servers with Extended Protection demand'
        : `the package kerberos cannot be loaded: ${cause.message}`;
    throw Object.assign(new Error(message, { cause }), { code: cause.code });
  }
};
