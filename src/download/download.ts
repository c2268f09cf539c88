import { type Check, type Checks, TRUTH } from '../checks/checker.ts';
import { NetworkError } from '../error.ts';
import type { Manager } from '../manager.ts';
import type { NetworkRequest, RequestInput } from '../options/options.ts';
import { withSentence } from '../reply/error-sentence.ts';
import type { NetworkReply } from '../reply/reply.ts';
import { ReplyState } from '../reply/reply-state.ts';
import { brandOf } from '../util/brand.ts';
import { type ExpectedDigest, givenDigest } from './digest.ts';
import { DownloadTransfer } from './download-transfer.ts';
import { MOST_SEGMENTS } from './pieces.ts';
import { segmentedSource } from './segments.ts';
import type { DownloadOutcome, DownloadTarget } from './target.ts';

/** What all platforms know of a download. */
export interface DownloadSettings {
  /**
   * What the bytes must come to: `'sha-256=:BASE64:'` as in RFC 9530, `'sha256-BASE64'`, or the hexadecimal digits of SHA-256 or
   * SHA-512. The fields Repr-Digest and Content-Digest of the server are checked, too. @default null
   */
  readonly digest?: string | null | undefined;
  /** What an attempt has brought is kept, and continued by the next one, under a strong validator. @default true */
  readonly resume?: boolean | undefined;
  /**
   * Pieces of the file that are asked for at a time, 1 to 16, for servers that are slow by the connection: only under a strong
   * validator, and where the server says that it knows ranges; else it comes in one. A piece has 64 KiB to 1 MiB, and waits in
   * memory until those before it are there. One that is refused has the rest asked for in one. Needs {@link resume}. @default 1
   */
  readonly segments?: number | undefined;
}

const DIGEST: Check = {
  expected: 'a digest as text',
  accepts: (value) => value === null || typeof value === 'string',
};
const SEGMENTS: Check = {
  expected: `a whole number from 1 to ${MOST_SEGMENTS}`,
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_SEGMENTS,
};
export const DOWNLOAD_CHECKS: Checks<DownloadSettings> = {
  digest: DIGEST,
  resume: TRUTH,
  segments: SEGMENTS,
};

/** A reply whose body goes to where it was told, and the promise that it is there. */
export type Download<Saved> = NetworkReply & {
  /** Resolves when all of it is there and right; rejects with the NetworkError of the reply. */
  readonly saved: Promise<Saved & DownloadOutcome>;
};

/**
 * Starts a GET whose body goes to a target.
 * @throws TypeError for options that are none, and a request that asks for a range itself
 */
export function startDownload<Saved extends object>(
  manager: Manager,
  input: RequestInput,
  { digest, resume = true, segments = 1 }: DownloadSettings,
  target: DownloadTarget<Saved>,
  encodedBodies: boolean,
): Download<Saved> {
  if (segments > 1 && !resume) throw new TypeError("download: option 'segments' needs 'resume'");
  const digests: readonly ExpectedDigest[] = digest == null ? [] : givenDigest(digest);
  let saved!: (value: Saved & DownloadOutcome) => void;
  let failed!: (error: NetworkError) => void;
  const promise = new Promise<Saved & DownloadOutcome>((resolve, reject) => {
    saved = resolve;
    failed = reject;
  });
  // Its reply tells of a failure, too.
  promise.catch(() => {});
  const { reply } = manager.startRelayed('get', requestOf(input), null, SILENT);
  for (const name of ['range', 'if-range'])
    if (reply.request.headers.has(name)) {
      reply.abort();
      throw new TypeError(`download: the field ${name} is the download's own`);
    }
  const core = ReplyState.coreOf(reply);
  const { source } = core;
  const divided = segments > 1 ? segmentedSource(source, segments, encodedBodies) : source;
  let isOpened = false;
  core.source = {
    ...source,
    open: (request, sink) => {
      isOpened = true;
      return new DownloadTransfer(divided, request, sink, {
        target,
        resume,
        encodedBodies,
        digests,
        saved: (value, outcome) => saved({ ...value, ...outcome }),
        failed: (error) => failed(withSentence(error, request)),
      });
    },
  };
  // Given up before it began.
  reply.on('finished', () => {
    if (!isOpened) failed(reply.error ?? new NetworkError('operation-canceled', 'it was given up'));
  });
  return Object.assign(reply, { saved: promise });
}

/** A file is kept where it is saved; a cache of it would be a second copy. */
function requestOf(input: RequestInput): NetworkRequest {
  const isRequest = typeof input === 'object' && brandOf(input) !== 'URL';
  const request = isRequest ? (input as NetworkRequest) : { url: input as string | URL };
  return { cacheSaveControl: false, ...request };
}

/** In place of the body that would fill: the transfer reads it. */
const SILENT = {
  accept: () => {},
  ask: <Answer>(_question: unknown, here: () => Promise<Answer>): Promise<Answer> => here(),
  isBodyUnread: false,
  client: null,
};
