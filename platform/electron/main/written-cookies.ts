import type { ElectronCookie } from '../../../src/cookies/electron.ts';

/** A change of one cookie on its way to a session. */
export interface CookieWrite {
  readonly key: string;
  readonly change: string;
}

/**
 * What is being written to a session of Electron. A session tells after a while, by when the jar may have another value; and what
 * it tells of a cookie before it tells of the write to it was there before, and has given way.
 */
export class WrittenCookies {
  readonly #writes = new Map<string, CookieWrite[]>();

  add(cookie: ElectronCookie, isRemoved: boolean): CookieWrite {
    const write = { key: keyOf(cookie), change: changeOf(cookie, isRemoved) };
    const writes = this.#writes.get(write.key);
    if (writes === undefined) this.#writes.set(write.key, [write]);
    else writes.push(write);
    return write;
  }

  /** The session has told of it, with those before it, or will not: a cookie that was not there is removed without a word. */
  over(write: CookieWrite): void {
    const writes = this.#writes.get(write.key);
    const at = writes?.indexOf(write) ?? -1;
    if (at < 0) return;
    writes!.splice(0, at + 1);
    if (writes!.length === 0) this.#writes.delete(write.key);
  }

  /** Whether a change that the session tells is one of the writes, or gives way to one. */
  covers(cookie: ElectronCookie, isRemoved: boolean): boolean {
    const writes = this.#writes.get(keyOf(cookie));
    if (writes === undefined) return false;
    const change = changeOf(cookie, isRemoved);
    const told = writes.find((write) => write.change === change);
    if (told !== undefined) this.over(told);
    return true;
  }
}

/**
 * Which cookie it is, in a session: with a leading dot where subdomains are meant, and its path as Chromium writes it. Details name
 * a cookie for its host alone by a URL.
 */
export function keyOf({ name, path = '/', ...where }: ElectronCookie & { readonly url?: string }): string {
  const { url, domain = new URL(url!).hostname } = where;
  return JSON.stringify([name, domain, canonicalPath(path)]);
}

/** Chromium resolves dots in the path of a cookie and escapes as in that of a URL, where nothing of it is a query. */
function canonicalPath(path: string): string {
  return new URL(`http://h${path.replace(/[?#]/g, encodeURIComponent)}`).pathname;
}

/** Expiry and attributes are not compared: Chromium rounds and bounds them. */
function changeOf({ value }: ElectronCookie, isRemoved: boolean): string {
  return isRemoved ? 'removed' : `set ${value}`;
}
