import { concatenate } from '../../util/concatenate.ts';

/** Ids of attributes (MS-NLMP §2.2.2.1). */
export const AV = { EOL: 0, FLAGS: 6, TIMESTAMP: 7, TARGET_NAME: 9, CHANNEL_BINDINGS: 10 } as const;

/** What a server tells of itself in a challenge: id → value, in the order that it has. */
export type AvPairs = ReadonlyMap<number, Uint8Array>;

/** Attributes up to the end mark; null for what is cut off. Of an id that is repeated the first counts. */
export function readAvPairs(bytes: Uint8Array): AvPairs | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pairs = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = view.getUint16(at, true);
    if (id === AV.EOL) return pairs;
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > bytes.length) return null;
    if (!pairs.has(id)) pairs.set(id, bytes.slice(at + 4, end));
    at = end;
  }
  return null;
}

/** The attributes as they stand in an answer, with the end mark. */
export function writeAvPairs(pairs: AvPairs): Uint8Array {
  const parts = Array.from(pairs, ([id, value]) => concatenate([headOf(id, value.length), value]));
  return concatenate([...parts, headOf(AV.EOL, 0)]);
}

function headOf(id: number, length: number): Uint8Array {
  return Uint8Array.of(id & 255, id >> 8, length & 255, length >> 8);
}
