import type { CertificateDetails, SslErrorCode } from '../util/ssl-error.ts';

/** What a sentence names beside the certificate. */
export interface Named {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The name that the server has to prove. */
  readonly name: string;
  /** What OpenSSL says. */
  readonly words: string;
}

/** Names of a certificate that a sentence has room for. */
const MOST_NAMES = 8;

type Words = (certificate: CertificateDetails, named: Named) => string;

const TRUST_WORDS =
  "tls: { ca }, or set tls: { ca: ['bundled', 'system'] } when the operating system trusts it";

const UNKNOWN_ISSUER: Words = ({ issuer }) =>
  `nothing that is trusted has issued the certificate of ${shortName(issuer)}: when that is an authority of your own, or of a proxy that inspects traffic, give its certificate to ${TRUST_WORDS}; when it is a public one, the server does not send the certificates in between`;

/** What is wrong, with the names that matter, and what a person can do. */
const WORDS: Partial<Record<SslErrorCode, Words>> = {
  'certificate-expired': (certificate, { now }) =>
    `${whose(certificate)} has expired on ${day(certificate.validTo)}${clockWords(now)}`,
  'certificate-not-yet-valid': (certificate, { now }) =>
    `${whose(certificate)} is not valid before ${day(certificate.validFrom)}${clockWords(now)}`,
  'self-signed-certificate': (certificate) =>
    `${whose(certificate)} is signed by itself: give that very certificate to tls: { ca } when the server is yours`,
  'self-signed-certificate-in-chain': ({ subject }) =>
    `the chain ends at an authority that is not trusted, ${shortName(subject)}: when it is your own, or a proxy's that inspects traffic, give its certificate to ${TRUST_WORDS}`,
  'unable-to-get-local-issuer-certificate': (...given) => UNKNOWN_ISSUER(...given),
  'unable-to-get-issuer-certificate': (...given) => UNKNOWN_ISSUER(...given),
  'unable-to-verify-first-certificate': (certificate) =>
    `${whose(certificate)} came alone and cannot be verified: the server may have to send the certificates of its issuers`,
  'host-name-mismatch': (certificate, { name }) =>
    `the certificate is not for ${name}: ${namesIn(certificate)}`,
  'invalid-ca-certificate': ({ subject }) =>
    `${shortName(subject)} has issued a certificate and is no authority`,
  'invalid-purpose': (certificate) => `${whose(certificate)} is not meant for servers`,
  'weak-key': (certificate) =>
    `the key of ${shortName(certificate.subject)} is too short: RSA needs 2048 bits, an elliptic curve 224`,
  'weak-signature': (certificate) => `${whose(certificate)} is signed with MD5 or SHA-1, which can be forged`,
};

/** @param certificate the one that is wrong; null when the server has shown none */
export function messageOf(code: SslErrorCode, certificate: CertificateDetails | null, named: Named): string {
  if (certificate === null) return `${named.name} has shown no certificate`;
  return WORDS[code]?.(certificate, named) ?? `${whose(certificate)}: ${named.words}`;
}

function whose({ subject, issuer }: CertificateDetails): string {
  return `the certificate of ${shortName(subject)} (issued by ${shortName(issuer)})`;
}

/** The common name of a distinguished name, or its organisation, or all of it. */
function shortName(distinguished: string): string {
  const parts = distinguished.split('\n');
  const part = (type: string): string | undefined =>
    parts.find((one) => one.startsWith(`${type}=`))?.slice(type.length + 1);
  return printable(part('CN') ?? part('O') ?? (parts.join(', ') || 'an empty name'));
}

function namesIn({ subjectAlternativeName }: CertificateDetails): string {
  const names = (subjectAlternativeName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address|URI|email):/, ''))
    .filter((name) => name !== '');
  if (names.length === 0) return 'it has no alternative names, and its subject does not count (RFC 9525)';
  const rest = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `it is for ${printable(names.slice(0, MOST_NAMES).join(', '))}${rest}`;
}

/** Texts of a server that end up on terminals and in logs. */
function printable(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return shown.length > MOST_CHARACTERS ? `${shown.slice(0, MOST_CHARACTERS)}…` : shown;
}

const MOST_CHARACTERS = 300;

function day(time: number): string {
  return Number.isNaN(time) ? 'a day that cannot be read' : new Date(time).toISOString().slice(0, 10);
}

function clockWords(now: number): string {
  return `; the clock of this machine says ${day(now)}, which may be what is wrong`;
}
