import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { ClaimWatch, claimName, isClaimName, keepFresh } from './claims.ts';
import { openRegular, removeOwn, statOwn, TO_CREATE, TO_READ } from './own-files.ts';
import { errorCode, isMissing } from './refusals.ts';

/**
 * A file that one process at a time has, for work that two may do at once without harm, but need not. It is taken over as
 * claims are: at once from a process that is known to be dead, else when it was not touched for two seconds of our own
 * clock.
 */
export class Lease {
  readonly #file: string;
  readonly #watch: ClaimWatch;
  #stopBeating = (): void => {};

  constructor(file: string) {
    this.#file = file;
    this.#watch = new ClaimWatch(path.dirname(file));
  }

  /** False: another process has it. */
  async acquire(): Promise<boolean> {
    if (await this.#create()) return true;
    if (!(await this.#isAbandoned())) return false;
    // Of several that see it abandoned one moves it away.
    const aside = path.join(path.dirname(this.#file), `evicted-${claimName()}`);
    try {
      await rename(this.#file, aside);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await removeOwn(aside);
    return this.#create();
  }

  async release(): Promise<void> {
    this.#stopBeating();
    await removeOwn(this.#file);
  }

  async #create(): Promise<boolean> {
    try {
      const handle = await open(this.#file, TO_CREATE, 0o600);
      try {
        await handle.writeFile(claimName());
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      return false;
    }
    this.#stopBeating = keepFresh(this.#file);
    return true;
  }

  async #isAbandoned(): Promise<boolean> {
    const stat = await statOwn(this.#file, process.getuid?.());
    if (stat === null) return false;
    // Half a name, or none, is that of a process that was killed while it wrote it, or is about to.
    const name = await this.#holder();
    return this.#watch.isAbandoned(isClaimName(name) ? name : '', stat);
  }

  async #holder(): Promise<string> {
    const handle = await openRegular(this.#file, TO_READ);
    try {
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  }
}
