/** Electron is built on BoringSSL, which knows no levels of security, few suites of pre-shared keys, and those in TLS 1.2 alone. */
export const IS_BORINGSSL = process.versions.electron !== undefined;
