import type { Gunzip } from 'node:zlib';
import type { Coding, Decoder, DecoderSink, Decoders, Format } from '../../src/decoding/decoder.ts';
import { finishDecoding } from './finish-decoding.ts';
import { nodeOptions } from './node-options.ts';

/** With zlib's own 16 KiB there are four times as many trips to its thread. */
const OUTPUT_CHUNK = 64 * 1024;
/** Input that may wait, so that the network and the decoder work side by side. */
const WAITING_INPUT = 128 * 1024;

/** Last bytes of the input that tell how it ends. */
const TAIL = 4;
const NOTHING = new Uint8Array(0);

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
      return inflater(format).whole(bytes, nodeOptions('zlib', { maxOutputLength: limit }));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE' || code === 'Z_BUF_ERROR') return null;
      throw error;
    }
  },

  create(format, sink) {
    const options = nodeOptions('zlib', { chunkSize: OUTPUT_CHUNK, writableHighWaterMark: WAITING_INPUT });
    return streamDecoder(inflater(format).open(options), format, sink);
  },
};

/** Loads `node:zlib` with the first body that needs it. */
function inflater(format: Format): Inflater {
  return INFLATERS[format](process.getBuiltinModule('node:zlib'));
}

function streamDecoder(stream: Gunzip, format: Format, sink: DecoderSink): Decoder {
  let delivered = 0;
  let tail: Uint8Array = NOTHING;
  stream.on('data', (chunk: Buffer) => {
    delivered += chunk.length;
    sink.decoded(chunk);
  });
  stream.on('drain', () => sink.drained());
  stream.on('end', () => sink.finished());
  stream.on('error', (error) => sink.broken(error));
  return {
    write(chunk) {
      tail = chunk.length < TAIL ? Buffer.concat([tail.subarray(-TAIL), chunk]) : chunk;
      return stream.write(chunk);
    },
    end: (isWhole) => {
      if (isWhole) finishDecoding(stream, format, tail, () => delivered + stream.readableLength);
      else stream.end();
    },
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
    inflater('zstd').whole(magicNumberAlone, nodeOptions('zlib', { maxOutputLength: 1 }));
    return false;
  } catch {
    return true;
  }
}
