import { UnusableScheme } from '../../../src/auth/scheme.ts';
import type { SecurityContext, SecurityContextRequest } from '../../../src/auth/security-context.ts';
import { fromBase64, toBase64 } from '../../../src/util/bytes.ts';
import { type Kerberos, loadKerberos } from '../late-packages.cjs';

/**
 * Security contexts by the package `kerberos`: GSS-API on Linux and macOS, SSPI on Windows. It asks the server to prove itself,
 * gives no ticket away, and passes no channel binding, whatever is asked for. A name and a password it takes on Windows alone.
 * @throws UnusableScheme where the package is not installed
 */
export async function kerberosContext(
  { principal, credentials }: SecurityContextRequest,
  load: () => Kerberos = loadKerberos,
  platform: NodeJS.Platform = process.platform,
): Promise<SecurityContext | null> {
  const isWindows = platform === 'win32';
  if (credentials !== null && !isWindows) return null;
  const { initializeClient, GSS_MECH_OID_SPNEGO } = loaded(load);
  const { user, password } = credentials ?? {};
  const mechOID = GSS_MECH_OID_SPNEGO;
  // Names that it reads have values of their own: the prototype of all objects has no say.
  const options = { mechOID, user, password, principal: undefined, gssFlag: undefined };
  // A service principal of Windows has a slash where GSS-API has an @.
  const client = await initializeClient(isWindows ? principal.replace('@', '/') : principal, options);
  return {
    bindsChannel: false,
    get isEstablished() {
      return client.contextComplete;
    },
    async step(token) {
      const next = await client.step(token === null ? '' : toBase64(token));
      return next ? (fromBase64(next) ?? null) : null;
    },
  };
}

function loaded(load: () => Kerberos): Kerberos {
  try {
    return load();
  } catch (cause) {
    const { message, code } = cause as Error & { code?: string };
    throw new UnusableScheme(`Negotiate: ${message}`, { cause, isExpected: code === 'MODULE_NOT_FOUND' });
  }
}
