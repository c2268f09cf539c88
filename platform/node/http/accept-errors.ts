import { ask } from '../../../src/call/ask.ts';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import { NetworkError } from '../../../src/error.ts';
import type { SslError } from '../../../src/util/ssl-error.ts';
import { withScheme } from '../../../src/util/url.ts';

/** Handshakes of one request whose certificates are asked about: a server may show others each time. */
const MOST_QUESTIONS = 3;

/**
 * Runs `attempt` until certificates are right, or the application accepts what is wrong with them. It is asked between two
 * connections: the one that was refused is closed, and what it accepts is part of what the next one is kept under, so that no
 * other request gets that which does not accept the same.
 */
export async function acceptingErrors<Outcome>(
  request: HttpRequest,
  call: Call,
  attempt: (ignored: readonly SslError[]) => Promise<Outcome>,
): Promise<Outcome> {
  let ignored: readonly SslError[] = [];
  for (let asked = 0; ; asked++) {
    try {
      return await attempt(ignored);
    } catch (error) {
      const { sslErrors } = error as Partial<NetworkError>;
      if (sslErrors === undefined || asked === MOST_QUESTIONS || call.cancelled !== null) throw error;
      const { hostname } = request.url;
      const { ignored: isIgnored } = await ask(call, { type: 'sslErrors', hostname, errors: sslErrors });
      if (isIgnored !== true || sslErrors.some(isFinal)) throw error;
      if (isKnownHost(request)) throw ofKnownHost(error as NetworkError);
      ignored = sslErrors;
    }
  }
}

/** There is nothing that could be accepted, or the application has said itself what to accept alone. */
function isFinal({ code }: SslError): boolean {
  return code === 'no-peer-certificate' || code === 'certificate-pin-mismatch';
}

/** RFC 6797 §8.4: there is no way around an error for a known HSTS host. */
function isKnownHost({ url, parts }: HttpRequest): boolean {
  const unsafe = withScheme(url, 'http', url.port === 443 ? 80 : url.port);
  return parts?.upgrade != null && parts.upgrade(unsafe) !== unsafe;
}

function ofKnownHost(error: NetworkError): NetworkError {
  const words = `${error.message}; it cannot be ignored, because the host is known to want TLS alone (HSTS)`;
  return new NetworkError(error.code, words, { ...error, cause: error.cause });
}
