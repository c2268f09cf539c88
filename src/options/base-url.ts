import { illTyped } from '../checks/option-errors.ts';
import { publicUrl } from '../error.ts';
import { hintOfScheme, type ParsedUrl } from '../util/url.ts';
import type { SharedOptions } from './options.ts';

/** How a platform reads URLs: relative ones against `base`, where one is given. Throws a TypeError for what is no URL. */
export type UrlParser = (input: string | URL, base?: string) => ParsedUrl;

type BaseOptions = Pick<SharedOptions, 'baseUrl' | 'allowAbsoluteUrls'>;

/**
 * The URL of a request: relative ones are resolved against `baseUrl`, and none leaves it. It is judged after parsing, so
 * that `//host`, `\\\\host`, `..`, `%2e%2e` and what else a parser makes of a text are judged as what they become.
 *
 * @throws TypeError for what is no URL, and for one outside of the base
 */
export function resolveUrl(input: string | URL, options: BaseOptions, parse: UrlParser): ParsedUrl {
  const base = baseOf(options, parse);
  if (base === null) return parse(input);
  // Only what is absolute itself has userinfo, which href leaves out.
  const url = parse(input, base.username + base.password === '' ? base.href : String(options.baseUrl));
  if (options.allowAbsoluteUrls || isWithin(url, base)) return url;
  const shown = publicUrl(url.href);
  const hint =
    hintOfScheme(shown) || '; make it relative, without a slash at its start, or set allowAbsoluteUrls';
  throw new TypeError(`${shown} is outside of the baseUrl ${base.href}${hint}`);
}

/** The base, or null for none. @throws TypeError when nothing can be relative to it */
export function baseOf({ baseUrl }: BaseOptions, parse: UrlParser): ParsedUrl | null {
  if (baseUrl === null) return null;
  const base = parse(baseUrl);
  if (base.target[0] === '/') return base;
  throw illTyped('', 'baseUrl', `a URL that others can be relative to${hintOfScheme(publicUrl(base.href))}`);
}

/** The same origin, and the path of the base or one below it. */
function isWithin({ origin, target }: ParsedUrl, base: ParsedUrl): boolean {
  if (origin !== base.origin) return false;
  return target.startsWith(base.target) || `${target.split('?', 1)[0]}/` === base.target;
}
