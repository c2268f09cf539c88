import { isObject } from '../../../src/checks/checker.ts';
import { illTyped } from '../../../src/checks/option-errors.ts';
import type { OwnOptions } from '../../../src/options/options.ts';
import { isUint8Array } from '../../../src/util/brand.ts';
import { copyBytes } from '../../../src/util/bytes.ts';
import { DEEPEST } from '../protocol.ts';

/** What has its meaning on this side only. */
const LOCAL: readonly (keyof OwnOptions)[] = [
  'autoDeleteReplies',
  'throwHttpErrors',
  'readBufferSize',
  // Of the URL, which is whole when it crosses.
  'baseUrl',
  'allowAbsoluteUrls',
];

const PLAIN: readonly string[] = ['undefined', 'boolean', 'number', 'string'];

/**
 * The options of a request as the other side gets them: a copy of plain data and bytes. All else (code, a Date, what is of a
 * class, what has no end) would end the port, or be another thing there.
 *
 * @throws TypeError that names the option
 */
export function optionsOf(own: OwnOptions): OwnOptions {
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(own) as (keyof OwnOptions)[])
    if (!LOCAL.includes(name)) options[name] = copyOf(own[name], name, 3);
  return options;
}

/** @param level how deep in its message it is */
function copyOf(value: unknown, name: string, level: number): unknown {
  if (isUint8Array(value)) return copyBytes(value);
  if (isObject(value) && level <= DEEPEST) {
    const inside = (one: unknown): unknown => copyOf(one, name, level + 1);
    if (Array.isArray(value)) return value.map(inside);
    // Of no class, in whatever realm it was made.
    if (Object.getPrototypeOf(Object.getPrototypeOf(value) ?? Object.prototype) === null)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inside(one)]));
  } else if (value === null || PLAIN.includes(typeof value)) return value;
  throw illTyped('', name, 'plain data for the owner of the manager');
}
