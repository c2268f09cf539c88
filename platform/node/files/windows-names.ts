/** Names that Windows keeps for devices, in any case and with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)\s*(\.|$)/i;

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
  for (const part of path.slice(3).split(/[\\/]/)) {
    if (part.includes(':')) return 'the path names a stream of a file';
    if (isDeviceName(part)) return 'the path names a device';
    if (/[. ]$/.test(part)) return 'a part of the path ends with a dot or a space, which Windows drops';
  }
  return null;
}
