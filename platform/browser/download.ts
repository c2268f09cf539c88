import { type Check, type Checks, checkOptions } from '../../src/checks/checker.ts';
import type { DigestAlgorithm } from '../../src/download/digest.ts';
import {
  DOWNLOAD_CHECKS,
  type Download,
  type DownloadSettings,
  startDownload,
} from '../../src/download/download.ts';
import type { DownloadTarget } from '../../src/download/target.ts';
import type { Manager } from '../../src/manager.ts';
import type { RequestInput } from '../../src/options/options.ts';
import { toBase64 } from '../../src/util/base64.ts';

/** What is written of a `FileSystemFileHandle`: of a file picker, or of the origin private file system (OPFS). */
export interface WritableFileHandle {
  /** Opens a stream into a copy, which takes the file's place when it is closed. */
  createWritable(): Promise<{
    write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
    close(): Promise<void>;
    abort(): Promise<void>;
  }>;
  /** What it holds now. */
  getFile(): Promise<Blob>;
}

/** Where {@link download} puts what comes, and what it must be. */
export interface DownloadOptions extends DownloadSettings {
  /** The file that it becomes, when all of it is there; null for a Blob. @default null */
  readonly to?: WritableFileHandle | null | undefined;
}

/** What a download of a page has come to: the Blob, which of a file is the file's. */
export interface SavedBlob {
  /** All bytes, with the type that the server has told, or that the file has by its name. */
  readonly blob: Blob;
}

const HANDLE: Check = {
  expected: 'a FileSystemFileHandle, or null',
  accepts: (value) => value === null || typeof (value as WritableFileHandle).createWritable === 'function',
};
const CHECKS: Checks<DownloadOptions> = { ...DOWNLOAD_CHECKS, to: HANDLE };

/**
 * Downloads a resource into a Blob, or into a file of the File System API: `(await download(manager, url).saved).blob`. The file has
 * what came when all of it is there and right, and keeps what it had when the download fails.
 *
 * A lost connection is continued by Range and If-Range on the page's own origin, under a strong validator. Of other origins it does
 * not see whether a coding was undone, so offsets mean nothing. What an earlier page has left is not continued: the File System
 * API shows nothing of what was not closed.
 *
 * Digests are computed of the whole in memory, and where the page is a secure context: of a Blob all that are known, of a file the
 * one that the option names, for which what comes is kept in memory besides.
 *
 * @throws TypeError for an option that is none
 */
export function download(
  manager: Manager,
  request: RequestInput,
  options: DownloadOptions = {},
): Download<SavedBlob> {
  const { to, ...settings } = checkOptions('download', options, CHECKS);
  const isGiven = settings.digest != null;
  if (isGiven && globalThis.crypto?.subtle === undefined)
    throw new TypeError(
      "download: option 'digest': digests are there in secure contexts alone (https, localhost)",
    );
  const target = to == null ? new BlobTarget() : new HandleTarget(to, isGiven);
  return startDownload(manager, request, settings, target, false);
}

/** Chunks that are kept until they are one Blob. */
class BlobTarget implements DownloadTarget<SavedBlob> {
  readonly tellsDigest = false;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #type = '';

  async open(): Promise<null> {
    return null;
  }

  async begin(_part: unknown, type: string): Promise<void> {
    this.#chunks = [];
    this.#type = type;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk as Uint8Array<ArrayBuffer>);
  }

  digest(algorithms: readonly DigestAlgorithm[]): Promise<ReadonlyMap<DigestAlgorithm, string>> {
    return digestsOf(new Blob(this.#chunks), algorithms);
  }

  async finish(): Promise<SavedBlob> {
    return { blob: new Blob(this.#chunks.splice(0), { type: this.#type }) };
  }

  async abandon(): Promise<void> {
    this.#chunks = [];
  }
}

/** A file that takes what was written when it is closed. */
class HandleTarget implements DownloadTarget<SavedBlob> {
  readonly tellsDigest = false;
  readonly #handle: WritableFileHandle;
  #file: Awaited<ReturnType<WritableFileHandle['createWritable']>> | null = null;
  /** What came, once more, where a digest is wanted of it: the file shows nothing before it is closed. */
  readonly #copy: BlobTarget | null;

  constructor(handle: WritableFileHandle, isDigested: boolean) {
    this.#handle = handle;
    this.#copy = isDigested ? new BlobTarget() : null;
  }

  async open(): Promise<null> {
    this.#file = await this.#handle.createWritable();
    return null;
  }

  async begin(part: unknown, type: string): Promise<void> {
    await this.#file!.abort();
    this.#file = await this.#handle.createWritable();
    await this.#copy?.begin(part, type);
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#copy?.write(chunk);
    await this.#file!.write(chunk as Uint8Array<ArrayBuffer>);
  }

  async digest(algorithms: readonly DigestAlgorithm[]): Promise<ReadonlyMap<DigestAlgorithm, string>> {
    return this.#copy === null ? new Map() : this.#copy.digest(algorithms);
  }

  async finish(): Promise<SavedBlob> {
    await this.#file!.close();
    this.#file = null;
    return { blob: await this.#handle.getFile() };
  }

  async abandon(): Promise<void> {
    await this.#file?.abort();
    this.#file = null;
  }
}

async function digestsOf(
  blob: Blob,
  algorithms: readonly DigestAlgorithm[],
): Promise<ReadonlyMap<DigestAlgorithm, string>> {
  if (globalThis.crypto?.subtle === undefined) return new Map();
  const bytes = await blob.arrayBuffer();
  const digest = async (name: DigestAlgorithm): Promise<readonly [DigestAlgorithm, string]> => [
    name,
    toBase64(new Uint8Array(await crypto.subtle.digest(name.toUpperCase(), bytes))),
  ];
  return new Map(await Promise.all(algorithms.map(digest)));
}
