import type { ChunkSource } from './body-input.ts';
import { isStream } from './to-bytes.ts';

/** Streams and iterators that requests have been made with: a request that waits has not begun to read. */
const claimed = new WeakSet<ChunkSource>();

/**
 * Makes a source the body of one request.
 * @throws TypeError when it can be read once and is, or has been, read by something else: it would send nothing, or a part
 */
export function claimSource(source: ChunkSource): void {
  refuseUsed(source);
  if (isReadOnce(source)) claimed.add(source);
}

/** @throws TypeError like {@link claimSource} */
export function refuseUsed(source: ChunkSource): void {
  const reason = whyUsed(source);
  if (reason === null) return;
  const kind = isStream(source) || isNodeStream(source) ? 'stream' : 'iterator';
  throw new TypeError(
    `body: the ${kind} ${reason}; it can be sent once, so make a new one for each request, or send bytes or a Blob`,
  );
}

function whyUsed(source: ChunkSource): string | null {
  if (claimed.has(source)) return 'is the body of an earlier request';
  if (isStream(source)) {
    if (source.locked) return 'is locked: something else reads it';
    return isDisturbed(source) ? 'has been read from' : null;
  }
  if (isNodeStream(source)) return whyNodeStreamUsed(source);
  return isReply(source) && source.isBodyClaimed ? 'is a reply whose body has a reader' : null;
}

/** A reply of ours, whose body goes on to somewhere else. */
function isReply(source: object): source is { readonly isBodyClaimed: boolean } {
  return 'isBodyClaimed' in source;
}

/** What Node's Readable shows of itself. */
interface NodeStream {
  readonly readableDidRead?: boolean;
  readonly readableFlowing?: boolean | null;
  readonly destroyed?: boolean;
  readonly errored?: unknown;
  on(name: 'error', listener: () => void): unknown;
}

export function isNodeStream(source: object): source is NodeStream {
  return ['pipe', 'on'].every((name) => typeof source[name as never] === 'function');
}

/** One that has failed is not among them: its failure says more. */
function whyNodeStreamUsed({
  readableDidRead,
  readableFlowing,
  destroyed,
  errored,
}: NodeStream): string | null {
  if (errored !== undefined && errored !== null) return null;
  if (destroyed === true) return 'has been destroyed';
  if (readableDidRead === true) return 'has been read from';
  return readableFlowing === true ? 'flows: something else reads it' : null;
}

/** Whether it could not be read again. What has iterators can give a new one; what is an iterator cannot. */
function isReadOnce(source: ChunkSource): boolean {
  return isStream(source) || isNodeStream(source) || isReply(source) || 'next' in source;
}

/**
 * Whether a stream was read from. Nothing of a stream's own tells that, but the constructor of Response looks (WHATWG
 * Fetch, extract a body).
 */
function isDisturbed(stream: ReadableStream): boolean {
  if (typeof Response !== 'function') return false;
  try {
    witnesses.set(stream, new Response(stream));
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}

/** Some platforms cancel the stream of a Response that is collected. */
const witnesses = new WeakMap<ReadableStream, Response>();
