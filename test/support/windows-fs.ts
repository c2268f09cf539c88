import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { patchFs, systemError } from './patched-fs.ts';
import { realPath, refuseNoFile } from './windows-paths.ts';

/** What another program that has a file open lets others do meanwhile: Node shares everything. */
export type Sharing = 'everything' | 'no removal' | 'nothing';

/** Functions of `node:fs` (callbacks, `…Sync` and promises alike) and how many paths each takes. */
const PATHS = {
  access: 1,
  chmod: 1,
  copyFile: 2,
  exists: 1,
  lstat: 1,
  mkdir: 1,
  open: 1,
  readFile: 1,
  readdir: 1,
  rename: 2,
  rm: 1,
  rmdir: 1,
  stat: 1,
  truncate: 1,
  unlink: 1,
  utimes: 1,
  watch: 1,
  writeFile: 1,
} as const;
type Name = keyof typeof PATHS;
type AnyFunction = (...parameters: unknown[]) => unknown;

/**
 * Windows acted out over another system's disk, for tests of stores and caches: there was no Windows at hand. What it does
 * is what `docs/platforms.md` tells of Windows:
 *
 * - a rename is refused (EPERM) while what lies at its new name is open, by any program, or another program has the file
 *   itself open without sharing its removal; that of a directory while a file in it is open; so is the removal of a
 *   directory that is not empty because a file in it is pending;
 * - a file that is removed while it is open stays, pending, until the last handle is closed: opening it, removing it again
 *   and making another of its name is EPERM meanwhile;
 * - what another program has open without sharing cannot be removed (EBUSY), or not even be opened (EBUSY);
 * - a scanner opens each new file for itself a moment after it came: opening, renaming and removing it is EBUSY;
 * - paths are those of Windows ({@link realPath}): drives, both slashes, `\\?\`, names in any case; names of devices and
 *   streams (`file:stream`) are no files;
 * - directories cannot be opened, and there are no links, owners and modes to speak of.
 */
export class WindowsFs {
  /** How often something was refused: a test that never met a refusal shows nothing. */
  refusals = 0;
  readonly #open = new Map<string, number>();
  readonly #held = new Map<string, Sharing>();
  readonly #pending = new Set<string>();
  readonly #scanned = new Map<string, number>();
  readonly #scanTime: number;
  readonly #descriptors = new Map<number, string>();
  readonly #platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
  readonly #restore: (() => void)[] = [];
  readonly #remove = fs.rmSync;

  /** @param scanTime how long (milliseconds) the scanner holds each new file. 0: there is none */
  constructor(scanTime = 0) {
    this.#scanTime = scanTime;
  }

  install(): void {
    // Node takes the functions with which it removes trees when it does so for the first time: these are to be the real ones.
    fs.rmSync('/nothing', { recursive: true, force: true });
    Object.defineProperty(process, 'platform', { ...this.#platform, value: 'win32' });
    for (const name of Object.keys(PATHS) as Name[]) {
      this.#patch(fs, name, (real) => (parameters) => this.#withCallback(name, real, parameters));
      // Its promises are an iterator, which nothing of ours uses.
      if (name === 'watch') continue;
      this.#patch(fs.promises, name, (real) => async (parameters) => {
        const paths = this.#before(name, parameters);
        if (paths === null) return undefined;
        const result = await real(...parameters);
        this.#after(name, paths);
        return name === 'open' ? this.#tracked(result as FileHandle, paths[0]!) : result;
      });
      this.#patch(fs, `${name}Sync`, (real) => (parameters) => {
        const paths = this.#before(name, parameters);
        if (paths === null) return undefined;
        const result = real(...parameters);
        this.#after(name, paths);
        if (name === 'open') this.#opened(paths[0]!, result as number);
        return result;
      });
    }
    this.#patch(fs, 'closeSync', (real) => (parameters) => {
      const result = real(...parameters);
      this.#closed(parameters[0] as number);
      return result;
    });
    this.#patch(
      fs,
      'close',
      (real) =>
        ([descriptor, done]) =>
          real(descriptor, (error: Error | null) => {
            this.#closed(descriptor as number);
            (done as AnyFunction | undefined)?.(error ?? null);
          }),
    );
  }

  uninstall(): void {
    for (const restore of this.#restore.splice(0).reverse()) restore();
    Object.defineProperty(process, 'platform', this.#platform);
  }

  /** Another program has the file open until the returned function is called. */
  hold(file: string, sharing: Sharing = 'no removal'): () => void {
    const held = realPath(file);
    this.#count(held, 1);
    this.#held.set(held, sharing);
    return () => {
      this.#held.delete(held);
      this.#count(held, -1);
    };
  }

  #patch(
    target: object,
    name: string,
    make: (real: AnyFunction) => (parameters: unknown[]) => unknown,
  ): void {
    const functions = target as Record<string, AnyFunction | undefined>;
    const real = functions[name]?.bind(target);
    if (real === undefined) return;
    const changed = make(real);
    this.#restore.push(patchFs(functions, { [name]: (...parameters: unknown[]) => changed(parameters) }));
  }

  #withCallback(name: Name, real: AnyFunction, parameters: unknown[]): unknown {
    const done = parameters.at(-1) as AnyFunction;
    // A watcher has a listener, and throws.
    if (name === 'watch' || typeof done !== 'function') {
      this.#before(name, parameters);
      return real(...parameters);
    }
    let paths: readonly string[] | null;
    try {
      paths = this.#before(name, parameters);
    } catch (error) {
      return setImmediate(done, error);
    }
    if (paths === null) return setImmediate(done, null);
    const [file = ''] = paths;
    return real(...parameters.slice(0, -1), (error: unknown, ...results: unknown[]) => {
      if (error === null) this.#after(name, paths);
      if (error === null && name === 'open') this.#opened(file, results[0] as number);
      done(error, ...results);
    });
  }

  /** Puts this disk's paths among the parameters, and gives them; null when all is done. Throws what Windows refuses. */
  #before(name: Name, parameters: unknown[]): readonly string[] | null {
    const paths: string[] = [];
    for (let index = 0; index < PATHS[name]; index++) {
      const given = parameters[index];
      // A descriptor, or a URL.
      if (typeof given !== 'string') return [];
      const file = realPath(given);
      if (name === 'open' || name === 'mkdir' || name === 'writeFile' || name === 'rename')
        refuseNoFile(given);
      parameters[index] = file;
      paths.push(file);
    }
    const [file = '', to = ''] = paths;
    if (name === 'open' || name === 'readFile' || name === 'writeFile' || name === 'truncate')
      this.#refuseToOpen(file);
    else if (name === 'rename') this.#refuseToMove(file, to);
    else if (name === 'unlink' || (name === 'rm' && !isRecursive(parameters[1])))
      return this.#refuseToRemove(file) ? null : paths;
    else if (name === 'rm') this.#forget(file);
    else if (name === 'rmdir' && this.#isAnyIn(file, this.#pending)) this.#refuse('ENOTEMPTY', name);
    return paths;
  }

  /** What is ours never removes a tree; a test does, and wants it gone, whatever is open in it. */
  #forget(directory: string): void {
    for (const file of this.#pending) if (file.startsWith(`${directory}/`)) this.#pending.delete(file);
  }

  #after(name: Name, [, to = '']: readonly string[]): void {
    if (name === 'rename' && this.#scanTime > 0) this.#scanned.set(to, performance.now() + this.#scanTime);
  }

  #refuse(code: string, what: string): never {
    this.refusals++;
    throw systemError(code, what);
  }

  #refuseToOpen(file: string): void {
    if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw systemError('EISDIR', 'open');
    if (this.#pending.has(file)) this.#refuse('EPERM', 'open: it is about to go');
    if (this.#held.get(file) === 'nothing') this.#refuse('EBUSY', 'open: a share violation');
    this.#refuseScanned(file);
  }

  #refuseToMove(from: string, to: string): void {
    this.#refuseScanned(from);
    this.#refuseScanned(to);
    if (this.#pending.has(from) || this.#isKept(from)) this.#refuse('EPERM', 'rename: it is open');
    if (this.#open.has(to)) this.#refuse('EPERM', 'rename: what it replaces is open');
    if (this.#isAnyIn(from, this.#open.keys())) this.#refuse('EPERM', 'rename: a file in it is open');
  }

  /** True: it is pending from now on. */
  #refuseToRemove(file: string): boolean {
    this.#refuseScanned(file);
    if (this.#pending.has(file)) this.#refuse('EPERM', 'unlink: it is about to go');
    if (this.#isKept(file)) this.#refuse('EBUSY', 'unlink: a share violation');
    if (!this.#open.has(file)) return false;
    this.#pending.add(file);
    return true;
  }

  #refuseScanned(file: string): void {
    if ((this.#scanned.get(file) ?? Number.NEGATIVE_INFINITY) >= performance.now())
      this.#refuse('EBUSY', 'a scanner has it');
  }

  /** Another program has it open, and does not share its removal. */
  #isKept(file: string): boolean {
    return (this.#held.get(file) ?? 'everything') !== 'everything';
  }

  #isAnyIn(directory: string, files: Iterable<string>): boolean {
    return [...files].some((file) => file.startsWith(`${directory}/`));
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

  #count(file: string, change: 1 | -1): void {
    const count = (this.#open.get(file) ?? 0) + change;
    if (count > 0) this.#open.set(file, count);
    else this.#open.delete(file);
    if (count <= 0 && this.#pending.delete(file)) this.#remove(file, { force: true });
  }
}

function isRecursive(options: unknown): boolean {
  return (options as { recursive?: boolean } | undefined)?.recursive === true;
}
