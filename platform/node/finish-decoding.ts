import type { Gunzip } from 'node:zlib';
import type { Format } from '../../src/decoding/decoder.ts';

/** RFC 1951 §3.2.4: a stored block without content, which is the last one. */
const LAST_BLOCK = [1, 0, 0, 0xff, 0xff];
/** How a flush ends (Z_SYNC_FLUSH, Z_FULL_FLUSH): a stored block without content, which is not the last one. */
const FLUSHED = [0, 0, 0xff, 0xff];
/**
 * A checksum that does not fit. Not longer than that: the end of a block of Huffman codes is often a row of zero bits, and
 * a decoder that took it for that needs four bytes more before it can complain.
 */
const CHECKSUM = [0, 0, 0, 0];

/** What is said of a checksum, or of what stands behind a format that is complete. */
const COMPLETE: ReadonlySet<string> = new Set([
  'incorrect data check',
  'incorrect length check',
  "Restored data doesn't match checksum",
  'Unknown frame descriptor',
]);

/** The end that may be missing behind these last bytes of the input; empty when nothing may. */
function missingEnd(format: Format, tail: Uint8Array): readonly number[] {
  // RFC 7932 §9.2: ISLAST and ISLASTEMPTY.
  if (format === 'br') return [3];
  // RFC 8878 §3.1.1.2: a raw block without content, the last one; §3.1.1: the checksum that some frames have.
  if (format === 'zstd') return [1, 0, 0, ...CHECKSUM];
  const isFlushed = FLUSHED.every((byte, index) => tail[tail.length - 4 + index] === byte);
  if (format === 'deflate-raw') return isFlushed ? LAST_BLOCK : [];
  return isFlushed ? [...LAST_BLOCK, ...CHECKSUM] : CHECKSUM;
}

/**
 * Ends the input of a decoder whose sender may have left out what ends the format: servers that flush and never finish, or
 * drop the trailer, are many, and curl, browsers and undici take that. They also take data that break off anywhere; here
 * those stay an error, for what is missing then is content.
 *
 * To tell the two apart the decoder is given the end that would be missing. Behind complete data nothing comes of it but,
 * perhaps, the complaint that the checksum is wrong; behind others, more content or another complaint. A decoder that has
 * put out nothing yet is not asked, because such an end fits behind a header, too.
 *
 * @param tail the last bytes of the input, at least four if it has as many
 * @param putOut how many bytes the decoder has put out so far
 */
export function finishDecoding(stream: Gunzip, format: Format, tail: Uint8Array, putOut: () => number): void {
  const end = missingEnd(format, tail);
  const { destroy, push } = stream;
  // Behind all that was written before.
  stream.write(NOTHING, () => {
    if (putOut() === 0 || end.length === 0) {
      stream.end();
      return;
    }
    const refuseMore = (chunk: Uint8Array | null): boolean => {
      if (chunk === null || chunk.length === 0) return push.call(stream, chunk);
      destroy.call(stream, new Error('unexpected end of file'));
      return false;
    };
    // Node destroys a decoder that complains, and what it has put out and was not read yet would be lost.
    const endWhenComplete = (error?: Error): Gunzip => {
      if (error === undefined || !COMPLETE.has(error.message)) return destroy.call(stream, error) as Gunzip;
      push.call(stream, null);
      return stream;
    };
    Object.assign(stream, { push: refuseMore, destroy: endWhenComplete });
    stream.end(Uint8Array.from(end));
  });
}

const NOTHING = new Uint8Array(0);
