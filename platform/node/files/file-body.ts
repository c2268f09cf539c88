import { type BigIntStats, constants, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Checks, checkOptions, TEXT, wholeNumber } from '../../../src/checks/checker.ts';
import { NetworkError } from '../../../src/error.ts';
import { type RequestBody, type RequestBodySource, requestBody } from '../../../src/message/body.ts';
import { fieldValue } from '../../../src/message/headers.ts';
import { fileFailure } from '../errors.ts';

/** Which part of a file is sent, and as what. */
export interface FileBodyOptions {
  /** The first byte that is sent. @default 0 */
  readonly start?: number | undefined;
  /** The byte before which it ends, as in `Blob.slice`; at most the size of the file. @default the size of the file */
  readonly end?: number | undefined;
  /** The Content-Type, unless a field says otherwise. @default none */
  readonly type?: string | undefined;
}

const CHECKS: Checks<FileBodyOptions> = {
  start: wholeNumber(),
  end: wholeNumber(),
  type: TEXT,
};

/** Bytes that are read at once. */
const PIECE = 64 * 1024;
/** To open a FIFO would wait for its other end. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A file as the body of a request, or of a part of an `HttpMultiPart`: its length is known, it can be sent again, and it is read
 * piece by piece while it is sent, whatever its size.
 *
 * What is sent is the file as it was when this was called. One that has changed since (its size, its time of change, another file
 * in its place), even while it is sent, ends the request with `content-conflict` before the server has a whole message.
 *
 * @param path in words of `node:fs`
 * @throws TypeError for a path or an option that is none, or a range that is not in the file
 * @throws NetworkError content-not-found, content-access-denied or content-operation-not-permitted for what is no file that can be read
 */
export function fileBody(path: string | URL, options: FileBodyOptions = {}): RequestBodySource {
  const { start = 0, end, type = '' } = checkOptions('fileBody', options, CHECKS);
  const contentType = type === '' ? null : fieldValue('fileBody: type', type);
  const file = new SentFile(path);
  const stop = end ?? file.size;
  if (start > stop || stop > file.size)
    throw new TypeError(`fileBody: bytes ${start} to ${stop} are not in a file of ${file.size} bytes`);
  const body: RequestBody = {
    length: stop - start,
    replayable: true,
    bytes: null,
    contentType,
    open: () => file.read(start, stop),
  };
  return { [requestBody]: () => body };
}

/** @throws TypeError for what names no file: another kind of URL, or of value */
function pathOf(path: string | URL): string {
  try {
    return typeof path === 'string' ? path : fileURLToPath(path);
  } catch (cause) {
    throw new TypeError(`fileBody: ${(cause as Error).message}`, { cause });
  }
}

/** A file as it was when it was looked at first. */
class SentFile {
  readonly size: number;
  readonly #path: string | URL;
  /** For errors, whose URL is that of the request. */
  readonly #shown: string;
  readonly #was: BigIntStats;

  constructor(path: string | URL) {
    this.#path = path;
    this.#shown = pathOf(path);
    try {
      this.#was = statSync(path, { bigint: true });
    } catch (thrown) {
      throw fileFailure(thrown);
    }
    if (!this.#was.isFile()) {
      const what = this.#was.isDirectory() ? 'is a directory' : 'is not a regular file';
      throw new NetworkError('content-operation-not-permitted', `fileBody: ${this.#shown} ${what}`);
    }
    this.size = Number(this.#was.size);
  }

  async *read(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    let file: FileHandle | null = null;
    try {
      file = await open(this.#path, READ);
      await this.#refuseChanged(file);
      for (let at = start; at < end; ) {
        const piece = new Uint8Array(Math.min(PIECE, end - at));
        const { bytesRead } = await file.read(piece, 0, piece.length, at);
        at += bytesRead;
        // Before its last byte is sent: a message of which some is of another file must not become whole.
        if (bytesRead === 0 || at === end) await this.#refuseChanged(file);
        // A file of `/sys` tells a size that it does not have.
        if (bytesRead === 0) throw this.#conflict(`ends after ${at} of its ${this.size} bytes`);
        yield piece.subarray(0, bytesRead);
      }
    } catch (thrown) {
      throw fileFailure(thrown);
    } finally {
      await file?.close();
    }
  }

  async #refuseChanged(file: FileHandle): Promise<void> {
    const { size, mtimeNs, ino, dev } = await file.stat({ bigint: true });
    const was = this.#was;
    if (size === was.size && mtimeNs === was.mtimeNs && ino === was.ino && dev === was.dev) return;
    throw this.#conflict('has changed since fileBody() was called');
  }

  #conflict(what: string): NetworkError {
    return new NetworkError('content-conflict', `${this.#shown} ${what}, and was not sent as a whole`);
  }
}
