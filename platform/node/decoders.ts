import * as zlib from 'node:zlib';
import type { Decoder, DecoderSink, Decoders, Format } from '../../src/decoding/decoder.ts';

/** With zlib's own 16 KiB there are four times as many trips to its thread. */
const OUTPUT_CHUNK = 64 * 1024;
/** Input that may wait, so that the network and the decoder work side by side. */
const WAITING_INPUT = 128 * 1024;

interface Inflater {
  readonly open: (options: object) => zlib.Gunzip;
  readonly whole: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
}

const INFLATERS = new Map<Format, Inflater>([
  ['br', { open: zlib.createBrotliDecompress, whole: zlib.brotliDecompressSync }],
  ['gzip', { open: zlib.createGunzip, whole: zlib.gunzipSync }],
  ['deflate', { open: zlib.createInflate, whole: zlib.inflateSync }],
  ['deflate-raw', { open: zlib.createInflateRaw, whole: zlib.inflateRawSync }],
]);

const zstd = findZstd();
if (zstd !== null) INFLATERS.set('zstd', zstd);

/**
 * `node:zlib` as decoders. Several gzip members in a row are one body (RFC 1952 §2.2) and zeros behind the last are
 * padding; anything else there is an error, as in Qt.
 */
export const nodeDecoders: Decoders = {
  codings: (['zstd', 'br', 'gzip', 'deflate'] as const).filter((coding) => INFLATERS.has(coding)),

  decodeWhole(format, bytes, limit) {
    try {
      return INFLATERS.get(format)!.whole(bytes, { maxOutputLength: limit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null;
      throw error;
    }
  },

  create(format, sink) {
    const options = { chunkSize: OUTPUT_CHUNK, writableHighWaterMark: WAITING_INPUT };
    return streamDecoder(INFLATERS.get(format)!.open(options), sink);
  },
};

function streamDecoder(stream: zlib.Gunzip, sink: DecoderSink): Decoder {
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

/** Node has zstd since 22.15. Some versions take a truncated body for a complete one: there it is not offered. */
function findZstd(): Inflater | null {
  const { createZstdDecompress, zstdDecompressSync } = zlib as {
    readonly createZstdDecompress?: Inflater['open'];
    readonly zstdDecompressSync?: Inflater['whole'];
  };
  if (createZstdDecompress === undefined || zstdDecompressSync === undefined) return null;
  const magicNumberAlone = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
  try {
    zstdDecompressSync(magicNumberAlone, { maxOutputLength: 1 });
  } catch {
    return { open: createZstdDecompress, whole: zstdDecompressSync };
  }
  return null;
}
