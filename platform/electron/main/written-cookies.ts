import type { ElectronCookie } from '../../../src/cookies/electron.ts';

/** Of one cookie; a session that tells less than it was told keeps no more than that. */
const MOST = 16;

/**
 * What was written to a session of Electron, until the session tells it back. A session tells after a while: by then the jar may
 * have another value, which must not give way to what it had before.
 */
export class WrittenCookies {
  readonly #written = new Map<string, string[]>();

  add(cookie: ElectronCookie, isRemoved: boolean): void {
    const key = keyOf(cookie);
    const changes = this.#written.get(key) ?? [];
    changes.push(changeOf(cookie, isRemoved));
    if (changes.length > MOST) changes.shift();
    this.#written.set(key, changes);
  }

  /** Whether a change is one that was written; then it counts as told, with those before it. */
  isEcho(cookie: ElectronCookie, isRemoved: boolean): boolean {
    const key = keyOf(cookie);
    const changes = this.#written.get(key);
    const at = changes?.indexOf(changeOf(cookie, isRemoved)) ?? -1;
    if (at < 0) return false;
    changes!.splice(0, at + 1);
    if (changes!.length === 0) this.#written.delete(key);
    return true;
  }
}

/** Without the domain where a cookie is for its host alone: details name it by a URL. */
function keyOf({ name, path = '/', ...where }: ElectronCookie & { readonly url?: string }): string {
  const { url, domain = new URL(url!).hostname } = where;
  return JSON.stringify([name, domain.replace(/^\./, ''), path]);
}

/** Expiry and attributes are not compared: Chromium rounds and bounds them. */
function changeOf({ value }: ElectronCookie, isRemoved: boolean): string {
  return isRemoved ? 'removed' : `set ${value}`;
}
