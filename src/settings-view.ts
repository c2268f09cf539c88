import type { ManagerSettings } from './call/parts.ts';
import { HttpHeaders } from './message/headers.ts';
import { shownFields, withoutUserinfo } from './util/redaction.ts';

/** The options that differ from their defaults, as they may be shown: parts by the name of their class, secrets hidden. */
export function viewOfOptions(options: ManagerSettings, defaults: ManagerSettings): Record<string, unknown> {
  const names = Object.keys(options) as (keyof ManagerSettings)[];
  const changed = names.filter((name) => options[name] !== defaults[name]);
  return Object.fromEntries(changed.map((name) => [name, viewOf(options[name], options)]));
}

function viewOf(value: unknown, { secretHeaders }: ManagerSettings): unknown {
  if (typeof value === 'string') return withoutUserinfo(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (value instanceof HttpHeaders) return shownFields(value, secretHeaders);
  if (value instanceof Map) return [...value.keys()];
  // Material of TLS is plain, and conceals itself.
  return 'toJSON' in value && Object.getPrototypeOf(value) === Object.prototype
    ? (value as { toJSON(): unknown }).toJSON()
    : value.constructor.name;
}
