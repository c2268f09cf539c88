import type { Gunzip } from 'node:zlib';
import type { Coding, Decoder, DecoderSink, Decoders, Format } from '../../src/decoding/decoder.ts';

/** With zlib's own 16 KiB there are four times as many trips to its thread. */
const OUTPUT_CHUNK = 64 * 1024;
/** Input that may wait, so that the network and the decoder work side by side. */
const WAITING_INPUT = 128 * 1024;

interface Inflater {
  readonly open: (options: object) => Gunzip;
  readonly whole: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
}

type Zlib = typeof import('node:zlib') & {
  // Node has zstd since 22.15.
  readonly createZstdDecompress?: Inflater['open'];
  readonly zstdDecompressSync?: Inflater['whole'];
};

const INFLATERS: Readonly<Record<Format, (zlib: Zlib) => Inflater>> = {
  zstd: (zlib) => ({ open: zlib.createZstdDecompress!, whole: zlib.zstdDecompressSync! }),
  br: (zlib) => ({ open: zlib.createBrotliDecompress, whole: zlib.brotliDecompressSync }),
  gzip: (zlib) => ({ open: zlib.createGunzip, whole: zlib.gunzipSync }),
  deflate: (zlib) => ({ open: zlib.createInflate, whole: zlib.inflateSync }),
  'deflate-raw': (zlib) => ({ open: zlib.createInflateRaw, whole: zlib.inflateRawSync }),
};

let codings: readonly Coding[] | null = null;

/**
 * `node:zlib` as decoders. Several gzip members in a row are one body (RFC 1952 §2.2) and zeros behind the last are
 * padding; anything else there is an error, as in Qt.
 */
export const nodeDecoders: Decoders = {
  get codings() {
    codings ??= hasSoundZstd() ? ['zstd', 'br', 'gzip', 'deflate'] : ['br', 'gzip', 'deflate'];
    return codings;
  },

  decodeWhole(format, bytes, limit) {
    try {
      return inflater(format).whole(bytes, { maxOutputLength: limit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null;
      throw error;
    }
  },

  create(format, sink) {
    const options = { chunkSize: OUTPUT_CHUNK, writableHighWaterMark: WAITING_INPUT };
    return streamDecoder(inflater(format).open(options), sink);
  },
};

/** Loads `node:zlib` with the first body that needs it. */
function inflater(format: Format): Inflater {
  return INFLATERS[format](process.getBuiltinModule('node:zlib'));
}

function streamDecoder(stream: Gunzip, sink: DecoderSink): Decoder {
  stream.on('data', (chunk: Buffer) => sink.decoded(chunk));
  stream.on('drain', () => sink.drained());
  stream.on('end', () => sink.finished());
  stream.on('error', (error) => sink.broken(error));
  return {
    write: (chunk) => stream.write(chunk),
    end: () => stream.end(),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    destroy: () => stream.destroy(),
  };
}

/** Some versions take a truncated body for a complete one: there it is not offered. */
function hasSoundZstd(): boolean {
  if (process.versions.zstd === undefined) return false;
  const magicNumberAlone = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
  try {
    inflater('zstd').whole(magicNumberAlone, { maxOutputLength: 1 });
    return false;
  } catch {
    return true;
  }
}
