import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { patchFs, systemError } from './patched-fs.ts';

/**
 * Windows acted out over another system's disk, for tests of stores and caches: there was no Windows at hand. What it does
 * is what `docs/platforms.md` tells of Windows:
 *
 * - a rename is refused (EPERM) while what lies at its new name is open, by whomever, or another program has the file
 *   itself open without sharing (Node shares what it opens); that of a directory while a file in it is open; so is the
 *   removal of a directory that is not empty because a file in it is pending;
 * - a file that is removed while it is open stays, pending, until the last handle is closed: opening it, and making another
 *   of its name, is EPERM meanwhile;
 * - a scanner opens each new file for itself a moment after it came: opening, renaming and removing it is EBUSY or EPERM;
 * - names are the same in any case; those of devices, and streams (`file:stream`), cannot be made;
 * - directories cannot be opened, and there are no links, owners and modes to speak of.
 */
export class WindowsFs {
  /** How often a scanner has refused something: a test that never met one shows nothing. */
  refusals = 0;
  readonly #open = new Map<string, number>();
  readonly #held = new Set<string>();
  readonly #pending = new Set<string>();
  readonly #scanned = new Map<string, number>();
  readonly #scanTime: number;
  readonly #descriptors = new Map<number, string>();
  readonly #platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
  readonly #restore: (() => void)[] = [];

  /** @param scanTime how long (milliseconds) the scanner holds each new file. 0: there is none */
  constructor(scanTime = 0) {
    this.#scanTime = scanTime;
  }

  install(): void {
    Object.defineProperty(process, 'platform', { ...this.#platform, value: 'win32' });
    const { promises } = fs;
    const { open, rename, unlink, rmdir } = promises;
    const callback = { open: fs.open, close: fs.close };
    const sync = { openSync: fs.openSync, closeSync: fs.closeSync, renameSync: fs.renameSync };
    this.#restore.push(
      patchFs(promises, {
        open: (async (...[file, ...rest]: Parameters<typeof open>) => {
          this.#refuseToOpen(String(file));
          const handle = await open(file, ...rest);
          return this.#tracked(handle, String(file));
        }) as typeof open,
        rename: async (from, to) => {
          this.#refuseToMove(String(from), String(to));
          await rename(from, to);
          this.#scan(String(to));
        },
        unlink: async (file) => {
          this.#refuseScanned(String(file));
          if (this.#isOpen(String(file))) this.#pending.add(key(String(file)));
          else await unlink(file);
        },
        rmdir: async (directory) => {
          if ([...this.#pending].some((file) => file.startsWith(`${key(String(directory))}/`)))
            throw systemError('ENOTEMPTY', 'rmdir');
          await rmdir(directory);
        },
      }),
      patchFs(fs, {
        open: ((...parameters: Parameters<typeof fs.open>) => {
          const file = String(parameters[0]);
          const done = parameters.pop() as unknown as (error: Error | null, descriptor?: number) => void;
          try {
            this.#refuseToOpen(file);
          } catch (error) {
            setImmediate(done, error as Error);
            return;
          }
          (callback.open as (...all: unknown[]) => void)(...parameters, (error: Error | null, fd: number) => {
            if (error === null) this.#opened(file, fd);
            done(error, fd);
          });
        }) as typeof fs.open,
        close: ((descriptor: number, done: (error: Error | null) => void) => {
          callback.close(descriptor, (error) => {
            this.#closed(descriptor);
            done?.(error ?? null);
          });
        }) as typeof fs.close,
        openSync: (...parameters) => {
          this.#refuseToOpen(String(parameters[0]));
          const descriptor = sync.openSync(...parameters);
          this.#opened(String(parameters[0]), descriptor);
          return descriptor;
        },
        closeSync: (descriptor) => {
          sync.closeSync(descriptor);
          this.#closed(descriptor);
        },
        renameSync: (from, to) => {
          this.#refuseToMove(String(from), String(to));
          sync.renameSync(from, to);
        },
      }),
    );
  }

  uninstall(): void {
    for (const restore of this.#restore.splice(0).reverse()) restore();
    Object.defineProperty(process, 'platform', this.#platform);
  }

  /** Another program has the file open until the returned function is called. */
  hold(file: string): () => void {
    this.#count(file, 1);
    this.#held.add(key(file));
    return () => {
      this.#held.delete(key(file));
      this.#count(file, -1);
    };
  }

  #refuseToOpen(file: string): void {
    const name = path.basename(file);
    if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) || name.includes(':'))
      throw systemError('EINVAL', 'open');
    if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw systemError('EISDIR', 'open');
    if (this.#pending.has(key(file))) throw systemError('EPERM', 'open');
    this.#refuseScanned(file);
  }

  #refuseToMove(from: string, to: string): void {
    this.#refuseScanned(from);
    this.#refuseScanned(to);
    const inside = `${key(from)}/`;
    const isBusy =
      this.#held.has(key(from)) ||
      this.#isOpen(to) ||
      [...this.#open.keys()].some((file) => file.startsWith(inside));
    if (!isBusy) return;
    this.refusals++;
    throw systemError('EPERM', 'rename');
  }

  #refuseScanned(file: string): void {
    if ((this.#scanned.get(key(file)) ?? 0) < performance.now()) return;
    this.refusals++;
    throw systemError('EBUSY', 'scanner');
  }

  #scan(file: string): void {
    if (this.#scanTime > 0) this.#scanned.set(key(file), performance.now() + this.#scanTime);
  }

  #tracked(handle: FileHandle, file: string): FileHandle {
    this.#count(file, 1);
    const close = handle.close.bind(handle);
    let isClosed = false;
    handle.close = async () => {
      await close();
      if (!isClosed) this.#count(file, -1);
      isClosed = true;
    };
    return handle;
  }

  #opened(file: string, descriptor: number): void {
    this.#descriptors.set(descriptor, file);
    this.#count(file, 1);
  }

  #closed(descriptor: number): void {
    const file = this.#descriptors.get(descriptor);
    this.#descriptors.delete(descriptor);
    if (file !== undefined) this.#count(file, -1);
  }

  #isOpen(file: string): boolean {
    return this.#open.has(key(file));
  }

  #count(file: string, change: 1 | -1): void {
    const count = (this.#open.get(key(file)) ?? 0) + change;
    if (count > 0) this.#open.set(key(file), count);
    else this.#open.delete(key(file));
    if (count <= 0 && this.#pending.delete(key(file))) fs.rmSync(file, { force: true });
  }
}

/** Names are compared without regard to case. */
function key(file: string): string {
  return path.resolve(file).toLowerCase();
}
