/** Names that Windows keeps for devices, in any case and with any extension. */
const DEVICE =
  /^(con|prn|aux|nul|com[\d\u00b9\u00b2\u00b3]|lpt[\d\u00b9\u00b2\u00b3]|conin\$|conout\$)\s*(\.|$)/i;

export function isDeviceName(name: string): boolean {
  return DEVICE.test(name);
}

/**
 * Why a path does not name the file that it seems to name, in words; null when it does. For paths of Windows.
 *
 * Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
export function windowsPathFault(path: string): string | null {
  if (!/^[a-z]:[\\/]/i.test(path)) return 'the path does not begin at the root of a drive';
  const parts = path.slice(3).split(/[\\/]/);
  if (parts.some((part) => /[. ]$/.test(part)))
    return 'a part of the path ends with a dot or a space, which Windows drops';
  return noFileFault(parts, false);
}

/** Whether a path of Windows, a share or `\\?\` included, can be that of a regular file or a directory. */
export function mayNameFile(path: string): boolean {
  const isVerbatim = path.startsWith('\\\\?\\');
  const parts = path.replace(/^(\\\\\?\\)?[a-z]:/i, '').split(/[\\/]/);
  return noFileFault(parts, isVerbatim) === null;
}

/** @param isVerbatim names are taken as they stand, so that none is that of a device */
function noFileFault(parts: readonly string[], isVerbatim: boolean): string | null {
  if (parts.some((part) => part.includes(':'))) return 'the path names a stream of a file';
  if (!isVerbatim && parts.some(isDeviceName)) return 'the path names a device';
  return null;
}
