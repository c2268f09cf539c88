import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Call } from '../../src/call/call.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { SchemeHandler } from '../../src/call/scheme-handler.ts';
import { NetworkError, type NetworkErrorCode } from '../../src/error.ts';
import { EMPTY_BODY, type RequestBody, type ResponseBody } from '../../src/message/body.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import { type ByteReader, streamBody } from '../../src/message/stream-body.ts';
import { fileFailure } from './errors.ts';
import { windowsPathFault } from './files/windows-names.ts';
import { Upload } from './upload.ts';

/**
 * `file:` on Node, as in Qt: GET and HEAD read a regular file, PUT writes one, creating or truncating it; the directory
 * must exist. A write that fails or is cancelled leaves what was written. The query of the URL is ignored.
 */
export const fileScheme: SchemeHandler = {
  async open(request, call) {
    const mode = MODES.get(request.method);
    if (mode === undefined) throw refusal(request, 'protocol-unknown', `${request.method} is not possible`);
    const path = localPath(request);
    try {
      const file = await openRegular(request, path, mode);
      return await (request.method === 'PUT' ? write(request, call, file) : read(request, file));
    } catch (thrown) {
      throw fileFailure(thrown, request.url.href);
    }
  },
};

const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
const MODES = new Map([
  ['GET', constants.O_RDONLY],
  ['HEAD', constants.O_RDONLY],
  ['PUT', WRITE],
]);

/** To open a FIFO would wait for its other end, in a thread that everybody shares; it is refused afterwards. */
const NO_WAIT = constants.O_NONBLOCK ?? 0;

/** @throws NetworkError protocol-invalid-operation for a host, a bad escape, or what no file name can hold */
function localPath(request: HttpRequest): string {
  const refuse = (reason: string): never => {
    throw refusal(request, 'protocol-invalid-operation', reason);
  };
  // On Windows it would be taken for a share.
  if (request.url.hostname !== '') refuse('the host is not this one');
  const isWindows = process.platform === 'win32';
  let path = '';
  try {
    path = fileURLToPath(request.url.href, { windows: isWindows });
  } catch (cause) {
    refuse((cause as Error).message);
  }
  if (path.includes('\0')) refuse('the path has a NUL');
  const fault = isWindows ? windowsPathFault(path) : null;
  return fault === null ? path : refuse(fault);
}

async function openRegular(request: HttpRequest, path: string, mode: number): Promise<FileHandle> {
  const file = await open(path, mode | NO_WAIT);
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  const what = stat.isDirectory() ? 'it is a directory' : 'it is not a regular file';
  throw refusal(request, 'content-operation-not-permitted', what);
}

async function read(request: HttpRequest, file: FileHandle): Promise<HttpResponse> {
  const { size, mtime } = await file.stat();
  const headers = new HttpHeaders({ 'Content-Length': size, 'Last-Modified': mtime.toUTCString() });
  if (request.method === 'GET') return respond(request, headers, fileBody(file, request.url.href));
  await file.close();
  return respond(request, headers, EMPTY_BODY);
}

async function write(request: HttpRequest, call: Call, file: FileHandle): Promise<HttpResponse> {
  try {
    if (request.body !== null) await upload(request.body, call, file);
  } finally {
    await file.close();
  }
  return respond(request, new HttpHeaders(), EMPTY_BODY);
}

/** Resolves when the file has all of the body. */
async function upload(body: RequestBody, call: Call, file: FileHandle): Promise<void> {
  let forget = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      let written = Promise.resolve();
      const target = {
        write: (chunk: Uint8Array, taken: () => void) => {
          written = written.then(() => file.writeFile(chunk)).then(taken);
          written.catch(fail);
        },
        end: () => {
          written.then(resolve, fail);
        },
      };
      const total = body.length ?? -1;
      const uploading = new Upload(body, body.length, target, {
        progress: (sent) => call.emit({ type: 'upload-progress', sent, total }),
        failed: reject,
      });
      const fail = (reason: unknown): void => {
        uploading.stop();
        reject(reason);
      };
      forget = call.onCancel(fail);
      uploading.start();
    });
  } finally {
    forget();
  }
}

/** Bytes that are read at once. */
const PIECE = 64 * 1024;

function fileBody(file: FileHandle, url: string): ResponseBody {
  const reader: ByteReader = {
    async read() {
      const buffer = new Uint8Array(PIECE);
      const { bytesRead } = await file.read(buffer).catch(async (cause: unknown) => {
        await file.close();
        throw cause;
      });
      if (bytesRead > 0) return { done: false, value: buffer.subarray(0, bytesRead) };
      await file.close();
      return { done: true, value: undefined };
    },
    cancel: () => file.close(),
  };
  return streamBody({ getReader: () => reader }, (cause) => fileFailure(cause, url));
}

function respond(request: HttpRequest, headers: HttpHeaders, body: ResponseBody): HttpResponse {
  const { url } = request;
  return {
    url,
    status: 200,
    reason: 'OK',
    httpVersion: '',
    headers,
    body,
    security: null,
    source: 'network',
  };
}

function refusal(request: HttpRequest, code: NetworkErrorCode, reason: string): NetworkError {
  return new NetworkError(code, `file: ${reason}`, { url: request.url.href });
}
