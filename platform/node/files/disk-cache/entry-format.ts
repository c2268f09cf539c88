import { crc32 } from 'node:zlib';
import type { ResponseMetadata } from '../../../../src/cache/storage/metadata.ts';
import { metadataFromRecord } from '../../../../src/cache/storage/metadata-record.ts';
import { recordJudge } from '../../../../src/storage/record.ts';
import * as z from '../../../../src/storage/zod.ts';

/**
 * The layout of an entry's file. All numbers are big-endian.
 *
 * ```
 * 64 bytes      header: magic and version, capacity of a slot, id, length of the body, checksum, epoch, variants (see below)
 * 12+capacity   slot A: checksum, sequence, length, JSON of key and metadata
 * 12+capacity   slot B: the same
 * blocks        64 KiB of the body (the last one less), checksum
 * ```
 *
 * The body never changes. Metadata are updated in place, into the slot that is not in use: of the two the sound one with
 * the higher sequence holds, so an update that was torn leaves the one before. Each checksum starts from the random id
 * of the file, so that bytes of another file are never taken for those of this one.
 */
export const HEADER_SIZE = 64;
export const BLOCK_SIZE = 64 * 1024;
export const CHECKSUM_SIZE = 4;
const SLOT_HEAD = 12;
const MAGIC = 0x464c4331;
/** Where the epoch stands (`cache-directory.ts`): outside of the checksum, as damage of it can only make an entry one of another epoch. */
const EPOCH_OFFSET = 24;
/** Where the number of variants stands: outside of the checksum, because it changes in place and is only a hint. */
export const VARIANTS_OFFSET = 36;
/** Metadata above that are not stored. */
export const MAXIMUM_CAPACITY = 1024 * 1024;
/** Room for metadata to grow with a validation. */
const SPARE = 512;

export interface EntryHeader {
  readonly id: number;
  readonly capacity: number;
  readonly bodyLength: number;
  readonly epoch: number;
  /** How many variants the key has had, told in the file of the first. */
  readonly variants: number;
}

export interface EntryText {
  readonly key: string;
  readonly metadata: ResponseMetadata;
}

/** A sound slot. */
export interface Slot {
  readonly index: 0 | 1;
  readonly sequence: number;
  readonly text: EntryText;
}

export function encodeText(key: string, metadata: ResponseMetadata): Buffer {
  return Buffer.from(JSON.stringify({ key, metadata }));
}

/** A capacity with room to grow, for a text of that many bytes. */
export function capacityFor(length: number): number {
  return Math.ceil((length + SPARE) / SPARE) * SPARE;
}

export function encodeHeader(header: EntryHeader): Buffer {
  const buffer = Buffer.alloc(HEADER_SIZE);
  buffer.writeUInt32BE(MAGIC, 0);
  buffer.writeUInt32BE(header.capacity, 4);
  buffer.writeUInt32BE(header.id, 8);
  buffer.writeUIntBE(header.bodyLength, 12, 6);
  buffer.writeUInt32BE(crc32(buffer.subarray(0, 18)), 18);
  buffer.writeUInt32BE(header.epoch, EPOCH_OFFSET);
  buffer[VARIANTS_OFFSET] = header.variants;
  return buffer;
}

/** Null for what is no sound header of this version. */
export function decodeHeader(buffer: Buffer): EntryHeader | null {
  if (buffer.length < HEADER_SIZE || buffer.readUInt32BE(0) !== MAGIC) return null;
  if (buffer.readUInt32BE(18) !== crc32(buffer.subarray(0, 18))) return null;
  const capacity = buffer.readUInt32BE(4);
  if (capacity > MAXIMUM_CAPACITY) return null;
  return {
    capacity,
    id: buffer.readUInt32BE(8),
    bodyLength: buffer.readUIntBE(12, 6),
    epoch: buffer.readUInt32BE(EPOCH_OFFSET),
    variants: buffer[VARIANTS_OFFSET]!,
  };
}

export function slotPosition(capacity: number, index: 0 | 1): number {
  return HEADER_SIZE + index * (SLOT_HEAD + capacity);
}

export function bodyPosition(capacity: number): number {
  return HEADER_SIZE + 2 * (SLOT_HEAD + capacity);
}

/** Bytes of the whole file. */
export function fileSize(capacity: number, bodyLength: number): number {
  const blocks = Math.ceil(bodyLength / BLOCK_SIZE);
  return bodyPosition(capacity) + bodyLength + blocks * CHECKSUM_SIZE;
}

export function blockPosition(capacity: number, index: number): number {
  return bodyPosition(capacity) + index * (BLOCK_SIZE + CHECKSUM_SIZE);
}

/** Bytes of a block with its checksum. */
export function framedLength(dataLength: number): number {
  return dataLength + CHECKSUM_SIZE;
}

export function encodeSlot(id: number, sequence: number, text: Buffer): Buffer {
  const buffer = Buffer.allocUnsafe(SLOT_HEAD + text.length);
  buffer.writeUInt32BE(sequence, 4);
  buffer.writeUInt32BE(text.length, 8);
  text.copy(buffer, SLOT_HEAD);
  buffer.writeUInt32BE(crc32(buffer.subarray(4), id), 0);
  return buffer;
}

/** The newest sound slot, or null when both are damaged. `buffer` is the beginning of the file, up to the body. */
export function newestSlot(buffer: Buffer, { id, capacity }: EntryHeader): Slot | null {
  const slots = ([0, 1] as const)
    .map((index) => decodeSlot(buffer.subarray(slotPosition(capacity, index)), id, capacity, index))
    .filter((slot) => slot !== null)
    .sort((one, other) => other.sequence - one.sequence);
  return slots[0] ?? null;
}

function decodeSlot(buffer: Buffer, id: number, capacity: number, index: 0 | 1): Slot | null {
  const length = buffer.readUInt32BE(8);
  if (length === 0 || length > capacity) return null;
  if (buffer.readUInt32BE(0) !== crc32(buffer.subarray(4, SLOT_HEAD + length), id)) return null;
  const text = parseText(buffer.toString('utf8', SLOT_HEAD, SLOT_HEAD + length));
  return text === null ? null : { index, sequence: buffer.readUInt32BE(4), text };
}

const textFromRecord = recordJudge(() => z.object({ key: z.string(), metadata: z.unknown() }));

/** The checksum says that we wrote it, not that it has the shape of today. */
function parseText(json: string): EntryText | null {
  const text = textFromRecord(JSON.parse(json));
  const metadata = text === null ? null : metadataFromRecord(text.metadata);
  return metadata === null ? null : { key: text!.key, metadata };
}

/** Writes the checksum of a block behind its data. */
export function sealBlock(frame: Buffer, dataLength: number, id: number, index: number): Buffer {
  frame.writeUInt32BE(blockChecksum(frame.subarray(0, dataLength), id, index), dataLength);
  return frame.subarray(0, dataLength + CHECKSUM_SIZE);
}

/** The data of a block, or null when it is damaged. */
export function openBlock(frame: Buffer, dataLength: number, id: number, index: number): Buffer | null {
  if (frame.length < framedLength(dataLength)) return null;
  const data = frame.subarray(0, dataLength);
  return frame.readUInt32BE(dataLength) === blockChecksum(data, id, index) ? data : null;
}

export function blockChecksum(data: Uint8Array, id: number, index: number): number {
  return crc32(data, (id ^ index) >>> 0);
}
