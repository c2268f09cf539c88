/** Byte `i` of every body that the scripted server is asked for by length. Apart, so that pages can import it. */
export const byteAt = (i: number): number => (i * 31 + (i >> 8)) & 0xff;
