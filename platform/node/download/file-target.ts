import { type FileHandle, link, lstat, open, rename, stat, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { DigestAlgorithm } from '../../../src/download/digest.ts';
import type { PartOfFile } from '../../../src/download/plan.ts';
import type { DownloadTarget } from '../../../src/download/target.ts';
import { NetworkError } from '../../../src/error.ts';
import { fileFailure } from '../errors.ts';
import { openRegular, TO_CHANGE } from '../files/own-files.ts';
import { errorCode, isMissing } from '../files/refusals.ts';
import { syncContent, syncDirectory } from '../files/sync.ts';
import { isOurs, type JournalEntry, readJournal, writeJournal } from './journal.ts';

const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

/** Bytes after which the disk is asked to have them, so that they survive a loss of power, too. */
const SYNC_EVERY = 1024 * 1024;
/** Bytes that are read at once to be hashed. */
const PIECE = 256 * 1024;

/** The targets of this process that are being written: two would mix their bytes. */
const inUse = new Set<string>();

/**
 * A file of a download: `NAME.fairlead-part` beside the target until all of it is there, then the target, in one step. The
 * journal is always older than the bytes that it speaks of: it is written when the disk has them, and removed, with the part,
 * before another file takes the part's name.
 */
export class FileTarget implements DownloadTarget<{ readonly path: string }> {
  readonly tellsDigest = true;
  readonly #path: string;
  readonly #part: string;
  readonly #journal: string;
  readonly #mayReplace: boolean;
  #resource = '';
  #file: FileHandle | null = null;
  #ino = '';
  #bytes = 0;
  /** What the part is known by, or null when it cannot be continued. */
  #known: PartOfFile | null = null;
  #synced = 0;
  #syncing: Promise<void> = Promise.resolve();
  #isSyncing = false;
  #isTaken = false;

  constructor(target: string, mayReplace: boolean) {
    this.#path = path.resolve(target);
    this.#part = `${this.#path}.fairlead-part`;
    this.#journal = `${this.#path}.fairlead-journal`;
    this.#mayReplace = mayReplace;
  }

  open(url: string): Promise<PartOfFile | null> {
    return this.#inWords(async () => {
      if (inUse.has(this.#path)) throw this.#refusal('content-conflict', 'another download writes to it');
      inUse.add(this.#path);
      this.#isTaken = true;
      await this.#judgeTarget();
      this.#resource = crypto().createHash('sha256').update(url).digest('hex');
      const found = await this.#find();
      // Whether a file can be made here is known before anything is asked for.
      if (found === null) await this.#create();
      return found;
    });
  }

  begin(part: PartOfFile | null): Promise<void> {
    return this.#inWords(async () => {
      // The part of another version gets no byte of this one: another process may still be at it.
      if (this.#bytes > 0 || this.#known !== null) await this.#create();
      this.#known = part;
      if (part !== null) await this.#note(0);
    });
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#inWords(async () => {
      let written = 0;
      while (written < chunk.length) {
        const { bytesWritten } = await this.#file!.write(
          chunk,
          written,
          chunk.length - written,
          this.#bytes + written,
        );
        written += bytesWritten;
      }
      this.#bytes += chunk.length;
      if (this.#known !== null && !this.#isSyncing && this.#bytes - this.#synced >= SYNC_EVERY) this.#sync();
    });
  }

  digest(algorithms: readonly DigestAlgorithm[]): Promise<ReadonlyMap<DigestAlgorithm, string>> {
    return this.#inWords(async () => {
      const hashes = algorithms.map((name) => [name, crypto().createHash(name.replace('-', ''))] as const);
      const buffer = new Uint8Array(PIECE);
      for (let at = 0; at < this.#bytes; ) {
        const { bytesRead } = await this.#file!.read(buffer, 0, Math.min(PIECE, this.#bytes - at), at);
        if (bytesRead === 0) throw this.#refusal('content-conflict', 'something else has cut it meanwhile');
        for (const [, hash] of hashes) hash.update(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
      return new Map(hashes.map(([name, hash]) => [name, hash.digest('base64')]));
    });
  }

  finish(): Promise<{ readonly path: string }> {
    return this.#inWords(async () => {
      await this.#syncing;
      const file = this.#file!;
      await file.truncate(this.#bytes);
      await syncContent(file);
      if (!(await this.#hasPart()))
        throw this.#refusal(
          'content-conflict',
          'another process has begun the same download, or removed its part',
        );
      await this.#publish();
      await file.close();
      this.#file = null;
      await unlink(this.#journal).catch(() => {});
      await syncDirectory(path.dirname(this.#path));
      this.#release();
      return { path: this.#path };
    });
  }

  async abandon(keep: boolean): Promise<void> {
    if (!this.#isTaken) return;
    const file = this.#file;
    this.#file = null;
    try {
      await this.#syncing;
      // The name may be that of another one's part by now, or still that of an earlier download, which this one never opened.
      const stays = file === null || !(await this.#hasPart()) || (keep && (await this.#settle(file)));
      await file?.close();
      if (!stays) await this.#remove();
    } finally {
      this.#release();
    }
  }

  /** Whether the part was left so that it can be continued. */
  async #settle(file: FileHandle): Promise<boolean> {
    if (this.#known === null || this.#bytes === 0) return false;
    try {
      await syncContent(file);
      await this.#note(this.#bytes);
      return true;
    } catch {
      // What the disk does not take, or cannot be noted, is not continued.
      return false;
    }
  }

  /** Whether the name of the part is still that of the file that is written here. */
  async #hasPart(): Promise<boolean> {
    const found = await stat(this.#part, { bigint: true }).catch(() => null);
    return found !== null && String(found.ino) === this.#ino;
  }

  /** @throws NetworkError for a target that cannot be a file, or is one already */
  async #judgeTarget(): Promise<void> {
    try {
      // A link that leads nowhere has the name, too.
      const found = await stat(this.#path).catch(() => lstat(this.#path));
      if (found.isDirectory())
        throw this.#refusal(
          'content-operation-not-permitted',
          'it is a directory; the option `to` names a file',
        );
      if (!this.#mayReplace)
        throw this.#refusal('content-conflict', 'there is a file; the option `overwrite` replaces it');
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** The part that an earlier download of the same resource has left, opened; or null. */
  async #find(): Promise<PartOfFile | null> {
    const entry = await readJournal(this.#journal);
    if (entry === null || entry.resource !== this.#resource || entry.bytes === 0) return null;
    let file: FileHandle | null = null;
    try {
      file = await openRegular(this.#part, TO_CHANGE);
      const found = await file.stat({ bigint: true });
      const isPart = isOurs(Number(found.uid)) && found.nlink === 1n;
      if (isPart && String(found.ino) === entry.ino && found.size >= BigInt(entry.bytes))
        return this.#take(file, entry);
    } catch {
      // One that cannot be opened is begun anew.
    }
    await file?.close();
    return null;
  }

  #take(file: FileHandle, { ino, bytes, validator, total }: JournalEntry): PartOfFile {
    const part = { bytes, validator, total };
    this.#file = file;
    this.#ino = ino;
    this.#bytes = bytes;
    this.#synced = bytes;
    this.#known = part;
    return part;
  }

  /** A new file for the part, in place of what lies there. */
  async #create(): Promise<void> {
    await this.#syncing;
    await this.#file?.close();
    this.#file = null;
    await this.#remove();
    const file = await open(this.#part, 'wx+', 0o666);
    this.#file = file;
    this.#ino = String((await file.stat({ bigint: true })).ino);
    this.#bytes = 0;
    this.#synced = 0;
    this.#known = null;
  }

  /** All that can be. @throws the first refusal */
  async #remove(): Promise<void> {
    const refusals: unknown[] = [];
    for (const name of [this.#journal, `${this.#journal}~`, this.#part])
      await unlink(name).catch((error: unknown) => isMissing(error) || refusals.push(error));
    if (refusals.length > 0) throw refusals[0];
  }

  /** Has the disk take what was written, beside what is being written, and writes that down. */
  #sync(): void {
    const file = this.#file!;
    const bytes = this.#bytes;
    this.#isSyncing = true;
    this.#syncing = syncContent(file)
      .then(() => this.#note(bytes))
      // What cannot be noted cannot be continued; that ends nothing.
      .catch(() => {})
      .finally(() => (this.#isSyncing = false));
  }

  async #note(bytes: number): Promise<void> {
    const { validator, total } = this.#known!;
    this.#synced = bytes;
    await writeJournal(this.#journal, { resource: this.#resource, ino: this.#ino, validator, total, bytes });
  }

  /** The part becomes the target, in one step. */
  async #publish(): Promise<void> {
    if (this.#mayReplace) return rename(this.#part, this.#path);
    try {
      // Unlike a rename it fails when another program has made the file meanwhile.
      await link(this.#part, this.#path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST')
        throw this.#refusal('content-conflict', 'a file of that name was made meanwhile');
      // FAT, exFAT and some network drives know no links.
      await this.#judgeTarget();
      return rename(this.#part, this.#path);
    }
    await unlink(this.#part).catch(() => {});
  }

  #release(): void {
    this.#isTaken = false;
    inUse.delete(this.#path);
  }

  async #inWords<Value>(task: () => Promise<Value>): Promise<Value> {
    try {
      return await task();
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT' && this.#file === null)
        throw this.#refusal('content-not-found', `there is no directory ${path.dirname(this.#path)}`);
      throw fileFailure(thrown);
    }
  }

  #refusal(code: NetworkError['code'], reason: string): NetworkError {
    return new NetworkError(code, `${this.#path} cannot be saved: ${reason}`);
  }
}
