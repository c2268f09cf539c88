import { type ParsedUrl, parseUrl } from '../util/url.ts';

/** Most URIs of a `domain` that are looked at. */
const MOST_URIS = 32;

/** The path of a URL, without its query. */
export function pathOf({ target }: ParsedUrl): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

/** RFC 7617 §2.2: what lies at or below the last slash of the path. */
export function directoryOf(url: ParsedUrl): string {
  const path = pathOf(url);
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/**
 * RFC 7616 §3.3: the paths of the `domain` of a challenge, and that of the request itself; the whole origin where there is no
 * domain. URIs of other origins are left out, although the RFC has them: no server gets an answer on another one's word.
 */
export function pathsOfDomain(domain: string | undefined, url: ParsedUrl): readonly string[] {
  if (domain === undefined || domain.trim() === '') return ['/'];
  const paths = domain
    .trim()
    .split(/\s+/, MOST_URIS)
    .map((uri) => pathWithin(uri, url))
    .filter((path) => path !== null);
  return [...new Set([...paths, pathOf(url)])];
}

function pathWithin(uri: string, base: ParsedUrl): string | null {
  try {
    const url = parseUrl(uri, base.href);
    return url.origin === base.origin ? pathOf(url) : null;
  } catch {
    return null;
  }
}

/** Whether a path lies within a space, by whole segments: `/a` holds `/a` and `/a/b`, and not `/ab`. */
export function isWithin(path: string, space: string): boolean {
  if (!path.startsWith(space)) return false;
  return space.endsWith('/') || path.length === space.length || path[space.length] === '/';
}
