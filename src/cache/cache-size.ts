/** 50 MiB, as in Qt. */
export const DEFAULT_MAXIMUM_SIZE = 50 * 1024 * 1024;

/** @throws TypeError for what is not a number of bytes */
export function checkedSize(maximumSize: number): number {
  if (!Number.isFinite(maximumSize) || maximumSize < 0) {
    throw new TypeError(`cache: maximumSize must be a number of bytes, got ${String(maximumSize)}`);
  }
  return maximumSize;
}
