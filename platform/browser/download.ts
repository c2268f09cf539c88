import { type Check, type Checks, checkOptions } from '../../src/checks/checker.ts';
import { type DigestAlgorithm, type ExpectedDigest, givenDigest } from '../../src/download/digest.ts';
import {
  DOWNLOAD_CHECKS,
  type Download,
  type DownloadSettings,
  startDownload,
} from '../../src/download/download.ts';
import type { DownloadTarget } from '../../src/download/target.ts';
import type { Manager } from '../../src/manager.ts';
import type { RequestInput } from '../../src/options/options.ts';
import { toBase64 } from '../../src/util/bytes.ts';
import { RunningSha256 } from '../../src/util/sha256.ts';

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
 * Digests are those that the option and the server name. The SHA-256 of a file is computed while it comes; a SHA-512, and what a Blob
 * comes to, of the whole in memory, where the page is a secure context.
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
  const given = isGiven ? givenDigest(settings.digest!).map(({ algorithm }) => algorithm) : [];
  const target = to == null ? new BlobTarget() : new HandleTarget(to, given);
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
  readonly #given: readonly DigestAlgorithm[];
  #sha256: RunningSha256 | null = null;
  /** What came, once more, where a SHA-512 is wanted of it: the file shows nothing before it is closed. */
  #copy: BlobTarget | null = null;

  /** @param given what the application wants to be compared */
  constructor(handle: WritableFileHandle, given: readonly DigestAlgorithm[]) {
    this.#handle = handle;
    this.#given = given;
  }

  async open(): Promise<null> {
    this.#file = await this.#handle.createWritable();
    return null;
  }

  async begin(_part: unknown, type: string, digests: readonly ExpectedDigest[]): Promise<void> {
    await this.#file!.abort();
    this.#file = await this.#handle.createWritable();
    const wanted = [...this.#given, ...digests.map(({ algorithm }) => algorithm)];
    this.#sha256 = wanted.includes('sha-256') ? new RunningSha256() : null;
    this.#copy = wanted.includes('sha-512') ? new BlobTarget() : null;
    await this.#copy?.begin(null, type);
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#sha256?.update(chunk);
    await this.#copy?.write(chunk);
    await this.#file!.write(chunk as Uint8Array<ArrayBuffer>);
  }

  async digest(algorithms: readonly DigestAlgorithm[]): Promise<ReadonlyMap<DigestAlgorithm, string>> {
    const others = algorithms.filter((name) => name !== 'sha-256');
    const found = new Map(await this.#copy?.digest(others));
    if (this.#sha256 !== null && algorithms.includes('sha-256'))
      found.set('sha-256', toBase64(this.#sha256.digest()));
    return found;
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
