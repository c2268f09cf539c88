/** More ways than a chain has. */
const MOST_PATHS = 16;
/** Beginnings of ways that are tried: of certificates that are all signed by each other there are without end. */
const MOST_TRIES = 256;
/** Certificates on a way. */
const LONGEST_PATH = 16;

/** What the search needs to know of certificates. */
export interface Issuing<Certificate> {
  /** Whether the one has signed the other, and says so: names, identifiers and the signature itself. */
  hasIssued(issuer: Certificate, certificate: Certificate): boolean;
  /** Equal for the same certificate. */
  idOf(certificate: Certificate): string;
}

/**
 * All ways from a certificate over those that were sent to one that is trusted (RFC 5280 §6.1, the path as such; what its
 * certificates say is judged by others). A server sends what it likes, in any order: only a signature makes a certificate
 * part of the chain.
 *
 * @param anchorsFor trusted certificates that may have issued one, or are it
 */
export function trustedPaths<Certificate>(
  first: Certificate,
  sent: readonly Certificate[],
  anchorsFor: (certificate: Certificate) => readonly Certificate[],
  issuing: Issuing<Certificate>,
): Certificate[][] {
  const { idOf } = issuing;
  const hasIssued = askedOnce(issuing);
  const found: Certificate[][] = [];
  let tries = 0;
  const walk = (path: readonly Certificate[]): void => {
    if (++tries > MOST_TRIES) return;
    const last = path.at(-1)!;
    const seen = new Set(path.map(idOf));
    for (const anchor of anchorsFor(last)) {
      seen.add(idOf(anchor));
      if (found.length === MOST_PATHS) return;
      if (idOf(anchor) === idOf(last)) found.push([...path]);
      else if (hasIssued(anchor, last)) found.push([...path, anchor]);
    }
    if (path.length === LONGEST_PATH) return;
    for (const next of sent) {
      if (found.length === MOST_PATHS) return;
      if (!seen.has(idOf(next)) && hasIssued(next, last)) walk([...path, next]);
    }
  };
  walk([first]);
  return found;
}

/** A server chooses how long its keys are, and so what it costs to verify a signature: each is verified once. */
function askedOnce<Certificate>({
  hasIssued,
  idOf,
}: Issuing<Certificate>): Issuing<Certificate>['hasIssued'] {
  const known = new Map<string, boolean>();
  return (issuer, certificate) => {
    const pair = `${idOf(issuer)} ${idOf(certificate)}`;
    const answer = known.get(pair) ?? hasIssued(issuer, certificate);
    known.set(pair, answer);
    return answer;
  };
}
