import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { setBackgroundTimeout } from '../../../src/util/clock.ts';
import { nodeOptions } from '../node-options.ts';

/**
 * Tells that something in a directory may have changed, where the system has events for that. Only an accelerator: it may
 * be silent (network file systems, containers), refused (no watchers left), or listen to a directory that was removed.
 * Which file it was is not asked: file systems change the case and the Unicode form of names.
 */
export class ChangeNotice {
  readonly #directory: string;
  readonly #onChange: () => void;
  #watcher: FSWatcher | null = null;
  #told = false;
  #scheduled = false;

  constructor(directory: string, onChange: () => void) {
    this.#directory = directory;
    this.#onChange = onChange;
  }

  start(): void {
    if (this.#watcher !== null) return;
    try {
      mkdirSync(this.#directory, nodeOptions('file', { recursive: true, mode: 0o700 }));
      const watcher = watch(this.#directory, nodeOptions('file', { persistent: false }), () =>
        this.#changed(),
      );
      this.#watcher = watcher;
      watcher.on('error', () => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = null;
      });
    } catch {
      // There is no such directory, or no watcher for it.
    }
  }

  stop(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  /** A change was found that this may have said nothing of. Begins anew then: the directory may be another one by now. */
  missed(): void {
    if (this.#told) {
      this.#told = false;
      return;
    }
    this.stop();
    this.start();
  }

  #changed(): void {
    this.#told = true;
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Events come in swarms.
    setBackgroundTimeout(() => {
      this.#scheduled = false;
      this.#onChange();
    }, 5);
  }
}
