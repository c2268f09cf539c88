import type { HttpHeaders } from '../../message/headers.ts';

/**
 * Fields that belong to one connection (RFC 9111 §3.1), beside those that Connection names. Chromium and Qt leave out the
 * same ones.
 */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'proxy-status',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Fields that belong to one exchange: they hand out or ask for credentials, or change what the client knows of the host.
 * A hit repeats none of it, and no disk holds a session's secret. The public suite wants Set-Cookie stored, which RFC 9111
 * §3.1 allows and does not ask for; Chromium does not store it, either.
 */
const OF_THE_EXCHANGE = new Set([
  'authentication-info',
  'authorization',
  'dpop-nonce',
  'optional-www-authenticate',
  'set-cookie',
  'set-cookie2',
  'set-login',
  'sec-session-registration',
  'sec-session-challenge',
  'strict-transport-security',
  'www-authenticate',
]);

/** Whether a field is gone with the exchange that brought it: it is not stored, and not shown on a hit. */
export function belongsToExchange(name: string): boolean {
  return OF_THE_EXCHANGE.has(name) || OF_THE_CONNECTION.has(name) || name.startsWith('proxy-');
}

/** The fields, flat, that a validation has brought for this exchange alone: its own reply shows them, no later hit does. */
export function fieldsOfExchange(headers: HttpHeaders): string[] {
  const fields: string[] = [];
  for (const [name, value] of headers) if (OF_THE_EXCHANGE.has(name)) fields.push(name, value);
  return fields;
}
