import { INSPECT } from './inspection.ts';

/** What stands in the place of a secret wherever something is shown, logged or exported. */
export const HIDDEN = '(hidden)';

/** Names that are secret whatever an application says: whole words, so that WWW-Authenticate is none. */
const SECRET_NAME =
  /(^|-)(authorization|authentication-info|cookie2?|auth|token|secret|password|session|signature|credentials?)(-|$)|api-?key/;

/** True when the value of that field must not be shown. */
function isSecret(name: string, alsoSecret: readonly string[]): boolean {
  if (alsoSecret.includes(name)) return true;
  return SECRET_NAME.test(name) && !name.startsWith('access-control-');
}

/**
 * Fields as they may be shown: an object of one value a name, or several, secrets hidden, without the userinfo of URLs.
 * @param alsoSecret further names, lower-case (the option `secretHeaders`)
 */
export function shownFields(
  fields: Iterable<readonly [string, string]>,
  alsoSecret: readonly string[] = [],
): Record<string, string | string[]> {
  const shown = new Map<string, string[]>();
  for (const [name, value] of fields) {
    const values = shown.get(name) ?? [];
    values.push(isSecret(name, alsoSecret) ? HIDDEN : withoutUserinfo(value));
    shown.set(name, values);
  }
  return Object.fromEntries(
    Array.from(shown, ([name, values]) => [name, values.length === 1 ? values[0]! : values]),
  );
}

/** The fields that may stand on an error, as pairs: those that carry secrets are left out. */
export function openFields(
  fields: Iterable<readonly [string, string]>,
  alsoSecret: readonly string[],
): (readonly [string, string])[] {
  return Array.from(fields)
    .filter(([name]) => !isSecret(name, alsoSecret))
    .map(([name, value]) => [name, withoutUserinfo(value)]);
}

/** A text without the userinfo of the URLs in it. */
export function withoutUserinfo(text: string): string {
  return text.replace(/\/\/[^/?#\\\s@]*@/g, '//');
}

/** Names of TLS material that is no secret. */
const OPEN_TLS: ReadonlySet<string> = new Set(
  'servername minVersion maxVersion ciphers groups signatureAlgorithms ALPNProtocols sessionTickets'.split(
    ' ',
  ),
);

/** TLS material that shows the names of its keys and certificates and nothing of them. */
export function concealedTls<Tls extends object>(tls: Tls): Tls {
  return concealed(tls, (name) => !OPEN_TLS.has(name));
}

/** A proxy that does not show its credentials. */
export function concealedProxy<Fields extends object>(proxy: string | Fields): string | Fields {
  if (typeof proxy === 'string') return proxy;
  return Object.freeze(concealed({ ...proxy }, (name) => !OPEN_PROXY.has(name)));
}

/** What of a proxy is no secret. */
const OPEN_PROXY: ReadonlySet<string> = new Set(['type', 'host', 'port']);

/** The same object, which hides some of its values where it is shown. Nothing else of it changes. */
export function concealed<Value extends object>(value: Value, isHidden: (name: string) => boolean): Value {
  const toJSON = (): object =>
    Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, isHidden(name) && one !== '' ? HIDDEN : one]),
    );
  return Object.defineProperties(value, { toJSON: { value: toJSON }, [INSPECT]: { value: toJSON } });
}
